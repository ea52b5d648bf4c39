import { toPluginError } from '@sluice/plugin-sdk';
import { findStoreBackOff } from '../store/back-off.ts';
import { type ClaimedPoll, claimDuePolls, findNextDue, longestSleepMs } from '../store/due-polls.ts';
import { leaseMs } from '../store/lease-time.ts';
import { LeaseLost, release, renew } from '../store/leases.ts';
import { isConfigurationActive } from '../store/nodes.ts';
import { StoreUnreachable } from '../store/unreachable.ts';
import { endPoll } from './finish-poll.ts';
import { ConfigurationChanged } from './interruption.ts';
import { pollRepository } from './poll-repository.ts';
import type { PollSurroundings } from './surroundings.ts';
import { emptyTally } from './tally.ts';
import { Wakeups } from './wakeups.ts';

/** What a poller needs beside what a poll needs. */
export interface PollerOptions extends PollSurroundings {
  /** This node's id. */
  readonly node: string;
  /** Whether something new may be begun now; default always. */
  readonly mayBegin?: () => boolean;
}

/** The most repositories polled at once, so that hundreds that hang are needed before another one waits. */
const mostAtOnce = 500;
/** How long to wait before looking again whether something may be begun, in milliseconds. */
const fullMs = 5_000;

interface PollInFlight {
  readonly claimed: ClaimedPoll;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Understands which repositories this node polls, with one configuration: claims those that are due, each
 * once at a time, and keeps their leases.
 */
export class Poller {
  readonly #options: PollerOptions;
  readonly #inFlight = new Map<number, PollInFlight>();

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /**
   * Polls what is due until the signal aborts; then ends the polls in flight and gives their leases back.
   * Never throws.
   */
  async run(signal: AbortSignal): Promise<void> {
    const wakeups = new Wakeups(this.#options.store, signal);
    const renewing = setInterval(() => void this.#renewLeases(), leaseMs / 3);
    for (let failures = 0; !signal.aborted; ) {
      const sleepMs = await this.#claim(wakeups).catch((error: unknown) => {
        this.#report('due repositories cannot be claimed', error);
        return undefined;
      });
      failures = sleepMs === undefined ? failures + 1 : 0;
      await wakeups.next(sleepMs ?? findStoreBackOff(failures, this.#options.random)).catch(() => {});
    }
    const ending = [...this.#inFlight.values()];
    for (const { stop } of ending) stop.abort(signal.reason);
    await Promise.all(ending.map(({ ended }) => ended));
    clearInterval(renewing);
  }

  /** Begins what is due; answers how long nothing else will be, in milliseconds. */
  async #claim(wakeups: Wakeups): Promise<number> {
    const { store, config, now, node, mayBegin = () => true } = this.#options;
    const limit = mostAtOnce - this.#inFlight.size;
    if (limit <= 0 || !mayBegin()) return fullMs;
    const { claimed, next } = await store.transact(async (tx) => {
      if (!(await isConfigurationActive(tx, config.hash))) return { claimed: [], next: undefined };
      const polls = await claimDuePolls(tx, {
        owner: node,
        inHand: [...this.#inFlight.keys()],
        now: now(),
        limit,
      });
      return { claimed: polls, next: await findNextDue(tx) };
    });
    for (const one of claimed) this.#begin(one, wakeups);
    return Math.min(longestSleepMs, (next ?? Number.POSITIVE_INFINITY) - now());
  }

  #begin(claimed: ClaimedPoll, wakeups: Wakeups): void {
    const stop = new AbortController();
    const ended = this.#poll(claimed, stop.signal)
      .catch((error: unknown) =>
        this.#report(`the poll of ${claimed.name} cannot be brought to an end`, error),
      )
      .finally(() => {
        this.#inFlight.delete(claimed.repositoryId);
        wakeups.call();
      });
    this.#inFlight.set(claimed.repositoryId, { claimed, stop, ended });
  }

  async #poll(claimed: ClaimedPoll, signal: AbortSignal): Promise<void> {
    const { config, now } = this.#options;
    const repository = config.repositories.get(claimed.name);
    if (!repository) return this.#giveBack(claimed);
    const startedAt = now();
    try {
      const tally = await pollRepository(this.#options, claimed, repository, signal);
      await endPoll(this.#options, claimed, repository, tally);
    } catch (thrown) {
      if (thrown instanceof LeaseLost) return;
      if (signal.aborted || thrown instanceof ConfigurationChanged || thrown instanceof StoreUnreachable)
        return this.#giveBack(claimed);
      // Not the repository's fault; but it must not be asked again at once, and its page says what happened.
      const { code, message } = toPluginError(thrown);
      await endPoll(this.#options, claimed, repository, {
        ...emptyTally(startedAt),
        problem: { code, message },
      });
      this.#report(`the poll of ${claimed.name} failed`, thrown);
    }
  }

  async #giveBack({ lease }: ClaimedPoll): Promise<void> {
    try {
      await this.#options.store.transact(async (tx) => {
        await release(tx, lease);
        // Another node may poll it now, and did not foresee that.
        tx.wake('polls');
      });
    } catch (thrown) {
      if (!(thrown instanceof LeaseLost)) throw thrown;
    }
  }

  async #renewLeases(): Promise<void> {
    const polls = [...this.#inFlight.values()];
    if (polls.length === 0) return;
    const leases = polls.map(({ claimed }) => claimed.lease);
    try {
      const kept = await this.#options.store.transact((tx) => renew(tx, 'repository', leases));
      for (const { claimed, stop } of polls)
        if (!kept.has(claimed.repositoryId)) stop.abort(new LeaseLost(claimed.lease));
    } catch (error) {
      this.#report('the leases on polls cannot be renewed', error);
    }
  }

  #report(what: string, error: unknown): void {
    this.#options.observer.onProblem(what, error);
  }
}
