import { restUntilLook } from '../rest.ts';
import type { Following } from '../target.ts';

/** What pauses depend on. Times in milliseconds. */
export interface PaceOptions {
  readonly following: Pick<Following, 'detach' | 'cancel' | 'elsewhere'>;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const firstLookMs = 2_000;
const longestLookMs = 30_000;
const lookGrowth = 1.5;
const firstBackOffMs = 1_000;
const longestBackOffMs = 60_000;

/**
 * Understands when to ask a server again: less often the longer nothing happens, or fails; sooner when
 * somebody says so.
 */
export class Pace {
  readonly #options: PaceOptions;
  #lookMs = firstLookMs;
  #failures = 0;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** Something happened: look often again. */
  quicken(): void {
    this.#lookMs = firstLookMs;
  }

  /** After an answer that changed nothing; at most so long. */
  async untilNextLook(mostMs: number): Promise<void> {
    this.#failures = 0;
    const pauseMs = this.#lookMs;
    this.#lookMs = Math.min(this.#lookMs * lookGrowth, longestLookMs);
    await this.#rest(Math.min(this.#spread(pauseMs), mostMs));
  }

  /**
   * After a request that failed: an exponential back-off, and at least as long as the server asks for; at
   * most so long.
   */
  async untilNextTry(retryAfterMs: number | undefined, mostMs: number): Promise<void> {
    const backOff = Math.min(firstBackOffMs * 2 ** this.#failures++, longestBackOffMs);
    await this.#rest(Math.min(Math.max(this.#spread(backOff), retryAfterMs ?? 0), mostMs));
  }

  /** The upper half is left to chance. */
  #spread(ms: number): number {
    return ms * (0.5 + this.#options.random() / 2);
  }

  async #rest(ms: number): Promise<void> {
    const { following, sleep } = this.#options;
    const { detach, cancel, elsewhere } = following;
    // A cancellation cuts the pause in which it comes, and none after that.
    const signal = AbortSignal.any([detach, ...(cancel.aborted ? [] : [cancel])]);
    await restUntilLook((over) => sleep(Math.max(ms, 0), over), elsewhere, signal);
  }
}
