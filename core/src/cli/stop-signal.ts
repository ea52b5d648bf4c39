/** How this process is asked to end. */
export interface StopSignal {
  /**
   * Aborts at the first SIGINT or SIGTERM. Five seconds later, or at a second one, the process has ended,
   * whatever it does.
   */
  readonly signal: AbortSignal;
  /**
   * Does what may take long and block everything, and has nothing in it that must be brought to an end in
   * order: meanwhile SIGINT and SIGTERM end the process at once. Throws the reason of `signal` where it has
   * aborted.
   */
  interruptibly<T>(work: () => Promise<T>): Promise<T>;
}

const names = ['SIGINT', 'SIGTERM'] as const;
/** How long everything may take to end in order, in milliseconds. */
const orderMs = 4_000;

/** Listens for SIGINT and SIGTERM. */
export function createStopSignal(): StopSignal {
  const stopping = new AbortController();
  const { signal } = stopping;
  const stop = (name: NodeJS.Signals) => {
    if (signal.aborted) process.exit(1);
    setTimeout(() => endAtLast(name), orderMs).unref();
    stopping.abort(new Error(`ended by ${name}`));
  };
  for (const name of names) process.on(name, stop);
  return {
    signal,
    async interruptibly(work) {
      signal.throwIfAborted();
      for (const name of names) process.off(name, stop);
      try {
        return await work();
      } finally {
        for (const name of names) process.on(name, stop);
      }
    },
  };
}

/** Processes that were started end with this one: they, or who watches them, see it go. */
function endAtLast(name: NodeJS.Signals): void {
  process.stderr.write(
    `sluice: not everything ended in order within ${orderMs / 1000} s of ${name}: the next start finds out what was under way\n`,
  );
  process.exit(1);
}
