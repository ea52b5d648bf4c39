/** Aborts when the process is asked to end (SIGINT, SIGTERM). Asked a second time, it ends at once. */
export function createStopSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stopping.signal.aborted) process.exit(1);
      stopping.abort(new Error(`ended by ${name}`));
    });
  }
  return stopping.signal;
}
