import { LeaseLost } from '../../store/leases.ts';
import type { Store } from '../../store/store.ts';
import { StoreUnreachable } from '../../store/unreachable.ts';
import { type Happened, happen } from '../happen.ts';
import type { EndedAttempt } from '../happening.ts';
import type { InForce } from '../in-force.ts';

/** What recording ends needs. */
export interface EndRecorderOptions {
  readonly store: Store;
  /** By what is decided, as of now. */
  readonly inForce: () => InForce;
  /**
   * Hears of every transaction, once it is committed: of the attempts in it, and of what their ends changed.
   */
  readonly onRecorded: (ended: readonly EndedAttempt[], ends: Happened) => void;
}

interface Waiting {
  readonly ended: EndedAttempt;
  readonly recorded: PromiseWithResolvers<void>;
}

/** The most ends in one transaction. */
const together = 64;

/**
 * Understands which attempts have ended and are still to be recorded: what ends while a transaction is under
 * way is recorded in the next one together, so that what waits for several of them is looked at once.
 */
export class EndRecorder {
  readonly #options: EndRecorderOptions;
  #waiting: Waiting[] = [];
  #isRecording = false;

  constructor(options: EndRecorderOptions) {
    this.#options = options;
  }

  /**
   * Records how an attempt ended, and all that follows. Throws {@link LeaseLost} where another node has it by
   * now.
   */
  async record(ended: EndedAttempt): Promise<void> {
    const recorded = Promise.withResolvers<void>();
    this.#waiting.push({ ended, recorded });
    if (!this.#isRecording) void this.#recordAll();
    return recorded.promise;
  }

  async #recordAll(): Promise<void> {
    this.#isRecording = true;
    // Those that end at the same moment go together from the first on.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#recordSome(this.#waiting.splice(0, together));
    this.#isRecording = false;
  }

  /** Never rejects. What fails together is tried one by one, so that one spoils none of the others. */
  async #recordSome(some: readonly Waiting[]): Promise<void> {
    const { store, inForce, onRecorded } = this.#options;
    const ended = some.map((one) => one.ended);
    const ends = await store
      .transact((tx) => happen(tx, { kind: 'ended', attempts: ended }, inForce()))
      .catch((error: unknown) => ({ error }));
    if ('error' in ends) {
      // Where the store is away, none of them is to blame.
      if (some.length === 1 || ends.error instanceof StoreUnreachable)
        for (const { recorded } of some) recorded.reject(ends.error);
      else for (const one of some) await this.#recordSome([one]);
      return;
    }
    onRecorded(ended, ends);
    for (const { ended: one, recorded } of some) {
      if (ends.jobs.has(one.facts.attempt.id)) recorded.resolve();
      else recorded.reject(new LeaseLost(one.lease));
    }
  }
}
