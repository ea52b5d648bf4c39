import type { RemoteJob } from '../../config/jobs.ts';
import type { Following, Memory, Outcome, Work } from '../target.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { Journal } from './journal.ts';
import {
  type Found,
  keyName,
  type Order,
  type Reading,
  type RemoteKind,
  type RemoteServer,
  type Started,
} from './kind.ts';
import type { Pace } from './pace.ts';
import { RemoteProblem } from './problem.ts';

/** What a build's life needs. */
export interface LifeOptions {
  readonly work: Work<RemoteJob>;
  readonly following: Following;
  readonly kind: Pick<RemoteKind, 'noun' | 'settleMs' | 'showMs'>;
  readonly server: RemoteServer;
  readonly order: Order;
  readonly pace: Pace;
  readonly journal: Journal;
  readonly now: () => number;
}

/** How long a build that is being cancelled may take to end, in milliseconds. */
const endingMs = 120_000;
const cancelled = 'the job was cancelled';

/**
 * Understands a build on another server, from the wish to its end: asked for once, recognised by its key
 * where nobody knows whether it was asked for, followed, cancelled.
 *
 * Each step is remembered before the next is taken, so that another life of the server goes on where this one
 * stopped.
 */
export class Life {
  readonly #options: LifeOptions;
  #memory: Memory | undefined;
  /** As it was told last. */
  #status: Reading['status'] | undefined;
  /** What went wrong last. */
  #trouble: string | undefined;
  /** Why it is being ended, and since when. */
  #ending: { readonly reason: string; readonly at: number; told: boolean } | undefined;
  #hasSought = false;

  constructor(options: LifeOptions) {
    this.#options = options;
    this.#memory = options.following.elsewhere.memory;
  }

  /** Until the outcome is known. Rejects with the reason of `detach`. */
  async run(): Promise<Outcome> {
    for (;;) {
      this.#options.following.detach.throwIfAborted();
      const outcome = await this.#step();
      if (outcome !== undefined) return outcome;
    }
  }

  #step(): Promise<Outcome | undefined> {
    switch (this.#memory?.state) {
      case undefined:
      case 'wanted':
        return this.#begin();
      case 'asked':
        return this.#settle(this.#memory);
      case 'accepted':
        return this.#locate(this.#memory);
      case 'started':
        return this.#look(this.#memory);
    }
  }

  /** Nothing was begun: asks for the build. */
  async #begin(): Promise<Outcome | undefined> {
    const { following, server, work, now } = this.#options;
    if (following.cancel.aborted) return fail(cancelled);
    if (this.#remainingMs() <= 0)
      return this.#fail(`${this.#noun} could not be started within the time limit${this.#because()}`);
    try {
      // Another try after doubt: what was in doubt may show by now.
      if (work.attempt > 1 && !this.#hasSought) {
        const found = await this.#unlessDetached(() =>
          this.#seek({ since: work.startedAt, mark: undefined }),
        );
        this.#hasSought = true;
        if (isStarted(found)) return await this.#markStarted(found, now());
      }
      const mark = this.#memory?.mark ?? (await this.#unlessDetached(async () => server.readMark?.()));
      await this.#remember({ state: 'asked', since: this.#memory?.since ?? now(), askedAt: now(), mark });
    } catch (error) {
      return this.#overcome(error, (words) => this.#fail(`${this.#noun} could not be started: ${words}`));
    }
    return this.#ask();
  }

  /** Not given up when the server stops: its answer names the build. */
  async #ask(): Promise<Outcome | undefined> {
    const { server, order, now } = this.#options;
    const memory = this.#memory;
    if (memory === undefined) throw new Error('a build is asked for only after that is remembered');
    try {
      const started = await server.start(order);
      if (started !== undefined) return await this.#markStarted(started, now());
      await this.#remember({ ...memory, state: 'accepted' });
      await this.#options.journal.tell(`${this.#noun} was asked for; the server does not name it yet`);
      return undefined;
    } catch (error) {
      if (!(error instanceof RemoteProblem)) throw error;
      if (error.kind === 'broken' || error.kind === 'garbled') return this.#wait(error);
      await this.#remember({ ...memory, state: 'wanted' });
      return this.#overcome(error, (words) => this.#fail(`${this.#noun} could not be started: ${words}`));
    }
  }

  /** Nobody knows whether it was begun: looks for the key. */
  async #settle(memory: Memory): Promise<Outcome | undefined> {
    const { kind, now, pace, journal, following } = this.#options;
    try {
      const found = await this.#unlessDetached(() => this.#seek(memory));
      if (isStarted(found)) return await this.#markStarted(found, memory.askedAt);
      const restMs = memory.askedAt + kind.settleMs - now();
      if (restMs > 0 && this.#remainingMs() > 0) {
        await pace.untilNextLook(restMs);
      } else if (found === 'absent') {
        await this.#remember({ ...memory, state: 'wanted' });
        if (!following.cancel.aborted)
          await journal.tell(`the server has no build with the key ${this.#options.work.key}`);
      } else {
        return this.#doubt(`the server cannot say whether one carries the key ${this.#options.work.key}`);
      }
      return undefined;
    } catch (error) {
      if (this.#remainingMs() <= 0 && error instanceof RemoteProblem) return this.#doubt(error.message);
      return this.#overcome(error, (words) => this.#doubt(words));
    }
  }

  /** It was begun, and has no name yet. */
  async #locate(memory: Memory): Promise<Outcome | undefined> {
    const { following, kind, now, pace } = this.#options;
    try {
      const found = await this.#unlessDetached(() => this.#seek(memory));
      if (isStarted(found)) return await this.#markStarted(found, memory.askedAt);
      const sinceMs = now() - memory.askedAt;
      if (following.cancel.aborted && sinceMs >= kind.settleMs) {
        return this.#fail(
          `${cancelled}; ${this.#noun} was asked for, and cannot be found to be cancelled too`,
        );
      }
      if (this.#remainingMs() > 0 && sinceMs < (kind.showMs ?? Number.POSITIVE_INFINITY)) {
        await pace.untilNextLook(this.#remainingMs());
        return undefined;
      }
      return this.#fail(
        `the server took the request, and shows no build with the key ${this.#options.work.key}: it has to show ${keyName}, see docs/targets.md`,
      );
    } catch (error) {
      return this.#overcome(error, (words) =>
        this.#fail(`${this.#noun} was asked for and cannot be found: ${words}`),
      );
    }
  }

  /** It has a name: asks how it is. */
  async #look(memory: Memory): Promise<Outcome | undefined> {
    const { kind, now, pace, server } = this.#options;
    const { ref = '' } = memory;
    try {
      await this.#press(ref);
      const reading = await this.#unlessDetached(() => server.read(ref));
      await this.#note(memory, reading);
      const outcome = this.#judge(reading);
      if (outcome === undefined && !this.#endIfLate()) await pace.untilNextLook(this.#patienceMs());
      return outcome;
    } catch (error) {
      if (!(error instanceof RemoteProblem)) throw error;
      this.#endIfLate();
      if (this.#isOverdue())
        return this.#fail(`${this.#ending?.reason}; ${this.#noun} has not ended: ${error.message}`);
      const isMissing = error.kind === 'missing';
      if (isMissing && now() - memory.askedAt < kind.settleMs) return this.#wait(error);
      if (isMissing)
        return this.#fail(`${this.#noun} is unknown to the server: it was deleted there (${error.message})`);
      return this.#overcome(error, (words) =>
        this.#fail(`the result of ${this.#noun} cannot be read: ${words}`),
      );
    }
  }

  /** Passes on that it is to end. */
  async #press(ref: string): Promise<void> {
    const { following, now, server, journal } = this.#options;
    if (following.cancel.aborted) this.#ending ??= { reason: cancelled, at: now(), told: false };
    if (this.#ending === undefined || this.#ending.told) return;
    try {
      await this.#unlessDetached(() => server.cancel(ref));
      await journal.tell(`${this.#noun} is being cancelled`);
    } catch (error) {
      if (!(error instanceof RemoteProblem) || passes(error)) throw error;
      await journal.tell(`${this.#noun} cannot be cancelled: ${error.message}`);
    }
    this.#ending.told = true;
  }

  /** Whether it is to end from now on, since the time limit is over. */
  #endIfLate(): boolean {
    const { now, work } = this.#options;
    if (this.#ending !== undefined || this.#remainingMs() > 0) return false;
    const reason = `the job was ended: it took longer than its time limit of ${work.job.timeoutMs / 1000} s`;
    this.#ending = { reason, at: now(), told: false };
    return true;
  }

  #judge({ status, word }: Reading): Outcome | undefined {
    if (status === 'queued' || status === 'running') {
      return this.#isOverdue()
        ? this.#fail(`${this.#ending?.reason}; ${this.#noun} has not ended`)
        : undefined;
    }
    if (this.#ending) return this.#fail(this.#ending.reason);
    if (status === 'passed') return { status: 'passed', exitCode: null, message: null };
    return this.#fail(
      status === 'cancelled'
        ? `${this.#noun} was cancelled there (${word})`
        : `${this.#noun} has failed (${word})`,
    );
  }

  async #note(
    memory: Memory,
    { status, word, ref = memory.ref, link = memory.link }: Reading,
  ): Promise<void> {
    if (ref !== memory.ref || link !== memory.link) await this.#remember({ ...memory, ref, link });
    if (status === this.#status) return;
    this.#status = status;
    this.#options.pace.quicken();
    await this.#options.journal.tell(
      `${this.#noun}: ${status} (${word})${link === undefined ? '' : ` ${link}`}`,
    );
  }

  async #markStarted({ ref, link }: Started, askedAt: number): Promise<undefined> {
    await this.#remember({ since: askedAt, ...this.#memory, state: 'started', askedAt, ref, link });
    await this.#options.journal.tell(`${this.#noun} is ${ref}${link === undefined ? '' : ` ${link}`}`);
  }

  async #remember(memory: Memory): Promise<void> {
    await this.#options.following.elsewhere.remember(memory);
    this.#memory = memory;
  }

  #seek({ since, mark }: Pick<Memory, 'since' | 'mark'>): Promise<Found> {
    return this.#options.server.find({ key: this.#options.work.key, since, mark });
  }

  /** Waits after a problem that passes; ends with `end` for one that does not. */
  async #overcome(error: unknown, end: (words: string) => Outcome): Promise<Outcome | undefined> {
    if (!(error instanceof RemoteProblem)) throw error;
    if (passes(error)) return this.#wait(error);
    return end(error.message);
  }

  async #wait(problem: RemoteProblem): Promise<undefined> {
    this.#trouble = problem.message;
    await this.#options.journal.tell(problem.message);
    await this.#options.pace.untilNextTry(problem.retryAfterMs, this.#patienceMs());
  }

  /** What is asked is left alone when the server stops. */
  #unlessDetached<T>(ask: () => Promise<T>): Promise<T> {
    return unlessAborted(ask, this.#options.following.detach);
  }

  #remainingMs(): number {
    const { work, now } = this.#options;
    return work.startedAt + work.job.timeoutMs - now();
  }

  /** How long a pause may be. */
  #patienceMs(): number {
    return this.#ending
      ? Math.max(0, this.#ending.at + endingMs - this.#options.now())
      : Math.max(0, this.#remainingMs());
  }

  #isOverdue(): boolean {
    return this.#ending !== undefined && this.#options.now() >= this.#ending.at + endingMs;
  }

  #because(): string {
    return this.#trouble === undefined ? '' : `: ${this.#trouble}`;
  }

  get #noun(): string {
    return this.#options.kind.noun;
  }

  #fail(message: string): Outcome {
    return fail(this.#options.journal.mask(message));
  }

  #doubt(words: string): Outcome {
    const message = this.#options.journal.mask(`whether ${this.#noun} was started is not known: ${words}`);
    return this.#options.following.cancel.aborted
      ? fail(`${cancelled}; ${message}`)
      : { status: 'doubt', exitCode: null, message };
  }
}

/** Whether it may be otherwise the next time. */
function passes({ kind }: RemoteProblem): boolean {
  return kind === 'busy' || kind === 'broken' || kind === 'unsent';
}

function isStarted(found: Found | undefined): found is Started {
  return typeof found === 'object';
}

function fail(message: string): Outcome {
  return { status: 'failed', exitCode: null, message };
}
