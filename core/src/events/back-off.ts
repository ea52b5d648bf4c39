import type { RetryConfig } from '../config/events.ts';

/** A try that failed. */
export interface FailedTry {
  /** How many there were, this one included. */
  readonly tries: number;
  readonly queuedAt: number;
  readonly now: number;
  /** How long the receiver asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * When to try again; undefined where it is time to give up. At least what the receiver asks for; else an
 * exponential back-off, of which the upper half is left to chance.
 */
export function findRetryTime(
  { firstMs, maxMs, giveUpMs }: RetryConfig,
  { tries, queuedAt, now, retryAfterMs = 0, random }: FailedTry,
): number | undefined {
  const deadline = queuedAt + giveUpMs;
  if (now >= deadline) return undefined;
  const backOff = Math.min(firstMs * 2 ** (tries - 1), maxMs) * (0.5 + random() / 2);
  // The last try is at the deadline, not before it.
  return Math.min(now + Math.ceil(Math.max(backOff, retryAfterMs)), deadline);
}
