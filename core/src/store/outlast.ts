import { setTimeout as wait } from 'node:timers/promises';
import { findStoreBackOff } from './back-off.ts';
import { ConnectionLost } from './unreachable.ts';

/** For how long to try, and until when at all. */
export interface Patience {
  /** How long to go on after the first failure, in milliseconds. */
  readonly patienceMs: number;
  /** From then on there is no waiting. */
  readonly signal: AbortSignal;
  /** In [0, 1), for the jitter of the back-off. */
  readonly random: () => number;
}

/**
 * Does again what was lost with a connection, until it is done or the patience is at its end. Throws what
 * `work` throws.
 */
export async function outlast<T>(
  work: () => Promise<T>,
  { patienceMs, signal, random }: Patience,
): Promise<T> {
  let deadline: number | undefined;
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      const now = performance.now();
      deadline ??= now + patienceMs;
      const pauseMs = findStoreBackOff(failures, random);
      if (!(error instanceof ConnectionLost) || signal.aborted || now + pauseMs > deadline) throw error;
      await wait(pauseMs, undefined, { signal }).catch(() => {});
    }
  }
}
