import { readRunBehind } from '../../store/compare-runs.ts';
import { namePackages } from '../../store/packages.ts';
import type { Tx } from '../../store/store.ts';

/** Every package behind a run, `npmjs/fastify` to `5.2.1`. */
export async function readPackagesOf(
  tx: Tx,
  { pipeline, counter }: { readonly pipeline: string; readonly counter: number },
): Promise<ReadonlyMap<string, string>> {
  const run = await readRunBehind(tx, pipeline, counter);
  const packages = [...(run?.packages ?? [])];
  const names = await namePackages(
    tx,
    packages.map(([id]) => id),
  );
  return new Map(packages.map(([id, { version }]) => [names.get(id) ?? '', version]));
}
