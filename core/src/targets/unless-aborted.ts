/**
 * What `ask` answers. Rejects with the signal's reason as soon as it aborts; what was asked is then left to
 * itself.
 */
export async function unlessAborted<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: over.signal });
  });
  try {
    return await Promise.race([ask(), aborted]);
  } finally {
    over.abort();
  }
}
