import type fc from 'fast-check';

/** How many stories are tried, and ten times as many among the long tests: `ROUNDS=1000` for more. */
export const rounds = Number(process.env['ROUNDS'] ?? 40);
/** `SEED=...` repeats. */
export const seed = process.env['SEED'] === undefined ? Date.now() % 2 ** 31 : Number(process.env['SEED']);

/** Throws the shrunk story, readable, and how to see it again. */
export async function reportStory<T>({
  failed,
  seed: used,
  errorInstance,
  numRuns,
}: fc.RunDetails<T>): Promise<void> {
  if (!failed) return;
  const why =
    errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  throw new Error(`SEED=${used} repeats this story, found in round ${numRuns}: ${why}`);
}
