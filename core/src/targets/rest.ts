import type { Elsewhere } from './target.ts';

/** Until `sleep` is over, somebody says that there is something to look at, or the signal aborts. */
export async function restUntilLook(
  sleep: (signal: AbortSignal) => Promise<unknown>,
  elsewhere: Pick<Elsewhere, 'look'>,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  try {
    await Promise.race([sleep(either), elsewhere.look(either)]);
  } catch (error) {
    if (!either.aborted) throw error;
  } finally {
    over.abort();
  }
}
