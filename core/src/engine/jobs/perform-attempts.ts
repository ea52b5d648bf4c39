import {
  findCancelled,
  keepForNode,
  postponeAttempt,
  readNextDue,
  readOwnAttempts,
} from '../../store/attempts.ts';
import { findStoreBackOff } from '../../store/back-off.ts';
import { Bell } from '../../store/bell.ts';
import { leaseMs } from '../../store/lease-time.ts';
import { type Lease, LeaseLost, release, renew } from '../../store/leases.ts';
import { isConfigurationActive } from '../../store/nodes.ts';
import { findDuePipelines, findWaitingPipelines, readNextLook } from '../../store/pipelines.ts';
import type { Tx } from '../../store/store.ts';
import { type Happened, happen, type RunChange } from '../happen.ts';
import type { EndedAttempt } from '../happening.ts';
import type { InForce } from '../in-force.ts';
import type { PipelineObserver } from '../observer.ts';
import { type ClaimedJob, claimJobs, isBound, isElsewhere } from './claim-jobs.ts';
import { EndRecorder } from './end-recorder.ts';
import { followJob, type JobSurroundings } from './follow-job.ts';
import { Looks } from './looks.ts';
import { nameWork } from './work.ts';

/** What performing attempts needs. */
export interface PerformOptions extends Omit<JobSurroundings, 'config' | 'looks'> {
  /** This node's id, the same in every life of it. */
  readonly node: string;
  /** What starting runs needs, as of now: the configuration too. */
  readonly inForce: () => InForce;
  /**
   * Bytes free on the disk that jobs write to; below `minFree` nothing begins, and what has begun goes on.
   */
  readonly freeBytes: () => Promise<number>;
  readonly now: () => number;
  /** In [0, 1), for the jitter of the back-off. */
  readonly random: () => number;
  readonly observer: PipelineObserver;
  /** The most jobs in hand at once, those not counted whose work is elsewhere; default 64. */
  readonly limit?: number;
  /** How long a webhook in flight may take when the server stops, in milliseconds; default 3,000. */
  readonly graceMs?: number;
  /** How often leases are renewed, in milliseconds; default a third of how long they last. */
  readonly renewMs?: number;
}

/** How long a node may be away for an upgrade before its jobs are in doubt, in milliseconds. */
const awayMs = 10 * 60_000;
/** The longest without a look, in milliseconds: a lease may have run out, a disk may have been cleared. */
const lookMs = 10_000;
const sweepMs = 60_000;
const pipelinesAtOnce = 20;
/** After a job was interrupted. */
const retryMs = 5_000;
/** Following work elsewhere costs little, and it takes long. */
const mostElsewhere = 1_000;

interface Hand {
  readonly lease: Lease;
  readonly cancel: AbortController;
  readonly isElsewhere: boolean;
  /**
   * Another node has the job by now: what goes on on this machine is ended, what goes on elsewhere is let go
   * of.
   */
  drop(): void;
  readonly done: Promise<void>;
}

/**
 * Performs the attempts that are due, and goes on with those that an earlier life of this node began, until
 * the signal aborts. Then it takes no more, gives webhooks in flight a moment, lets go of commands, which go
 * on by themselves, and is done when everything that others must know is in the store.
 */
export async function performAttempts(options: PerformOptions, signal: AbortSignal): Promise<void> {
  await new Performer(options).perform(signal);
}

/** Understands which jobs this node has in hand, and when to take more. */
class Performer {
  readonly #options: PerformOptions;
  readonly #bell = new Bell();
  readonly #hands = new Map<number, Hand>();
  readonly #stopping = new AbortController();
  readonly #stoppingAtOnce = new AbortController();
  readonly #looks: Looks;
  readonly #ends: EndRecorder;
  #sweptAt = Number.NEGATIVE_INFINITY;
  /** How often in a row the store has failed. */
  #failures = 0;

  constructor(options: PerformOptions) {
    this.#options = options;
    this.#looks = new Looks(options.store);
    const { store, inForce } = options;
    this.#ends = new EndRecorder({
      store,
      inForce,
      onRecorded: (ended, ends) => this.#tellEnds(ended, ends),
    });
  }

  async perform(signal: AbortSignal): Promise<void> {
    const { store, graceMs = 3_000 } = this.#options;
    store.onWake('attempts', () => this.#bell.ring(), signal);
    signal.addEventListener('abort', () => this.#bell.ring(), { once: true });
    const renewing = new AbortController();
    const renewal = this.#renewLeases(renewing.signal);
    this.#looks.listen(renewing.signal);
    await this.#try('old work directories cannot be removed', () => this.#sweepDirectories());
    while (!signal.aborted) await this.#look();
    this.#stoppingAtOnce.abort();
    const grace = setTimeout(() => this.#stopping.abort(), graceMs);
    await Promise.all([...this.#hands.values()].map(({ done }) => done));
    clearTimeout(grace);
    renewing.abort();
    await renewal;
  }

  async #look(): Promise<void> {
    this.#bell.hush();
    const { now } = this.#options;
    await this.#try('waiting pipelines cannot be looked at', () => this.#sweepPipelines());
    const slept = await this.#try('work cannot be claimed', async () => {
      await this.#lookAtDue();
      for (const job of await this.#claim()) this.#take(job);
      await this.#cancelHands();
      const next = await this.#options.store.transact(async (tx) => [
        await readNextDue(tx, now()),
        await this.#readNextLook(tx),
      ]);
      await this.#bell.wait(
        Math.max(0, Math.min(lookMs, ...next.flatMap((at) => (at === undefined ? [] : [at - now()])))),
      );
      return true;
    });
    this.#failures = slept ? 0 : this.#failures + 1;
    if (!slept) await this.#bell.wait(findStoreBackOff(this.#failures, this.#options.random));
  }

  async #claim(): Promise<readonly ClaimedJob[]> {
    const { store, node, now, freeBytes, limit = 64 } = this.#options;
    const { config } = this.#options.inForce();
    const mayBegin = (await freeBytes()) >= config.minFree;
    const inHand = [...this.#hands.keys()];
    const local = [...this.#hands.values()].filter(({ isElsewhere }) => !isElsewhere).length;
    const room = Math.min(limit - local, limit + mostElsewhere - inHand.length);
    return store.transact((tx) =>
      claimJobs(tx, { node, configHash: config.hash, mayBegin, inHand, room, now: now() }),
    );
  }

  #take(job: ClaimedJob): void {
    const cancel = new AbortController();
    const lost = new AbortController();
    const drop = () => (isBound(job.facts) ? cancel.abort() : lost.abort(new LeaseLost(job.lease)));
    if (job.as === 'anew') this.#tellJob(job, { status: 'running', exitCode: null, message: null });
    const done = this.#finish(job, cancel.signal, lost.signal).finally(() => {
      this.#hands.delete(job.lease.id);
      this.#bell.ring();
    });
    this.#hands.set(job.lease.id, {
      lease: job.lease,
      cancel,
      isElsewhere: isElsewhere(job.facts),
      drop,
      done,
    });
  }

  /** Never rejects. */
  async #finish(job: ClaimedJob, cancel: AbortSignal, lost: AbortSignal): Promise<void> {
    const bound = isBound(job.facts);
    const stopping = bound || isElsewhere(job.facts) ? this.#stoppingAtOnce : this.#stopping;
    const detach = AbortSignal.any([stopping.signal, lost]);
    try {
      const { config } = this.#options.inForce();
      const outcome = await followJob(
        job,
        { ...this.#options, config, looks: this.#looks },
        { detach, cancel },
      );
      await this.#ends.record({ ...job, outcome });
    } catch (error) {
      await this.#letGo(job, error, detach.aborted);
      // What was lost to another node has ended here, and nobody comes back for its directory.
      if (!(error instanceof LeaseLost)) return;
    }
    if (bound) await this.#try('a work directory cannot be removed', () => this.#forget(job));
  }

  async #letGo(job: ClaimedJob, error: unknown, detached: boolean): Promise<void> {
    const { store, now, observer } = this.#options;
    const { facts, lease } = job;
    if (!detached) observer.onProblem(`${describe(job)} is interrupted`, error);
    if (error instanceof LeaseLost) return;
    await this.#try(`${describe(job)} cannot be given back`, () =>
      store.transact(async (tx) => {
        if (!detached) await postponeAttempt(tx, lease, now() + retryMs);
        if (isBound(facts)) await keepForNode(tx, lease, detached ? awayMs : leaseMs);
        else await release(tx, lease);
        tx.wake('attempts');
      }),
    );
  }

  async #renewLeases(signal: AbortSignal): Promise<void> {
    const { renewMs = leaseMs / 3 } = this.#options;
    const pause = new Bell();
    signal.addEventListener('abort', () => pause.ring(), { once: true });
    for (;;) {
      await pause.wait(renewMs);
      if (signal.aborted) return;
      const hands = [...this.#hands.values()];
      const leases = hands.map(({ lease }) => lease);
      const kept = await this.#try('leases cannot be renewed', () =>
        this.#options.store.transact((tx) => renew(tx, 'attempt', leases)),
      );
      if (kept) for (const { lease, drop } of hands) if (!kept.has(lease.id)) drop();
    }
  }

  /** Timers, windows that open, approvals that expire. */
  async #lookAtDue(): Promise<void> {
    const { store, now } = this.#options;
    for (let due = pipelinesAtOnce; due === pipelinesAtOnce; ) {
      const { runs, looked } = await store.transact(async (tx) => {
        const options = this.#options.inForce();
        const ids = (await isConfigurationActive(tx, options.config.hash))
          ? await findDuePipelines(tx, now(), pipelinesAtOnce)
          : [];
        const { runs } = await happen(tx, { kind: 'time', pipelineIds: ids }, options);
        return { runs, looked: ids.length };
      });
      this.#tellRuns(runs);
      due = looked;
    }
  }

  /** A node with another configuration than the active one looks at none. */
  async #readNextLook(tx: Tx): Promise<number | undefined> {
    return (await isConfigurationActive(tx, this.#options.inForce().config.hash))
      ? readNextLook(tx)
      : undefined;
  }

  /** What somebody cancelled, on whatever node, is ended here. */
  async #cancelHands(): Promise<void> {
    const ids = [...this.#hands].flatMap(([id, { cancel }]) => (cancel.signal.aborted ? [] : [id]));
    const cancelled = await this.#options.store.transact((tx) => findCancelled(tx, ids));
    for (const id of cancelled) this.#hands.get(id)?.cancel.abort();
  }

  /**
   * What waits is looked at as it changes; this is for what changed while no node had the active
   * configuration.
   */
  async #sweepPipelines(): Promise<void> {
    const { store, now } = this.#options;
    if (now() - this.#sweptAt < sweepMs) return;
    this.#sweptAt = now();
    const waiting = await store.transact(findWaitingPipelines);
    for (let from = 0; from < waiting.length; from += pipelinesAtOnce) {
      const pipelineIds = waiting.slice(from, from + pipelinesAtOnce);
      const { runs } = await store.transact((tx) =>
        happen(tx, { kind: 'time', pipelineIds }, this.#options.inForce()),
      );
      this.#tellRuns(runs);
    }
  }

  /** A kill may have come between the end of a job and the removal of its directory. */
  async #sweepDirectories(): Promise<void> {
    const { store, node, targets, observer } = this.#options;
    const own = await store.transact((tx) => readOwnAttempts(tx, node));
    const problems = await targets.run.sweep(new Set(own.map((attempt) => nameWork('run', attempt))));
    for (const { key, error } of problems)
      observer.onProblem(`the work directory ${key} cannot be removed`, error);
  }

  #forget({ facts }: ClaimedJob): Promise<void> {
    return this.#options.targets.run.forget(nameWork('run', facts.attempt));
  }

  #tellEnds(ended: readonly EndedAttempt[], { jobs, runs }: Happened): void {
    for (const one of ended) {
      const end = jobs.get(one.facts.attempt.id);
      if (end) this.#tellJob(one, end);
    }
    this.#tellRuns(runs);
  }

  #tellJob(
    { facts }: Pick<EndedAttempt, 'facts'>,
    end: Pick<Parameters<PipelineObserver['onJob']>[0], 'status' | 'exitCode' | 'message'>,
  ): void {
    const { run, stage, job } = facts;
    this.#options.observer.onJob({
      pipeline: run.pipeline,
      counter: run.counter,
      stage: stage.name,
      job: job.name,
      ...end,
    });
  }

  #tellRuns(runs: readonly RunChange[]): void {
    for (const run of runs) this.#options.observer.onRun(run);
  }

  async #try<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#options.observer.onProblem(what, error);
      return undefined;
    }
  }
}

function describe({ facts: { run, stage, job } }: ClaimedJob): string {
  return `${run.pipeline}/${run.counter}/${stage.name}/${job.name}`;
}
