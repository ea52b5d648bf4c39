import type { PluginLimits } from '../config/config.ts';

/** How often time is looked at, in milliseconds. */
export const tickMs = 100;
/** What a question may take to end after it was told to, in milliseconds. */
export const graceMs = 2000;

/**
 * Understands when a question has taken too long.
 *
 * Time is counted in ticks of the server's own event loop, so that a server that was held up, or slept,
 * blames no plugin.
 */
export class Deadline {
  readonly #limits: Pick<PluginLimits, 'silenceMs' | 'totalMs'>;
  #silent = 0;
  #total = 0;
  #grace = Number.POSITIVE_INFINITY;

  constructor(limits: Pick<PluginLimits, 'silenceMs' | 'totalMs'>) {
    this.#limits = limits;
  }

  /** Something came. */
  sign(): void {
    this.#silent = 0;
  }

  /** The question was told to end: only the grace is left. */
  startGrace(): void {
    this.#grace = Math.min(this.#grace, graceMs);
  }

  /** A tick has passed; says what ran out, in words. */
  tick(): 'grace' | 'silence' | 'total' | undefined {
    this.#silent += tickMs;
    this.#total += tickMs;
    this.#grace -= tickMs;
    if (this.#grace <= 0) return 'grace';
    if (this.#silent >= this.#limits.silenceMs) return 'silence';
    return this.#total >= this.#limits.totalMs ? 'total' : undefined;
  }
}
