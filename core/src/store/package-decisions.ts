import type { DecisionView } from './decisions.ts';
import { findPackageId } from './read-repositories.ts';
import type { Tx } from './store.ts';

/** More decisions than this about the versions of one page are not read. */
const mostRead = 2_000;

/** What was decided about some versions of a package, newest first, by version. */
export async function readDecisionsOfPackage(
  tx: Tx,
  { repository, package: name }: { readonly repository: string; readonly package: string },
  versions: readonly string[],
): Promise<ReadonlyMap<string, readonly DecisionView[]>> {
  const id = await findPackageId(tx, repository, name);
  if (id === undefined || versions.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('decision')
    .innerJoin('pipeline', 'pipeline.id', 'decision.pipeline_id')
    .leftJoin('run', 'run.id', 'decision.run_id')
    .select(['decision.at', 'decision.version', 'decision.outcome', 'decision.reason', 'decision.materials'])
    .select(['pipeline.name as pipeline', 'run.counter as run'])
    .where('decision.package_id', '=', id)
    .where('decision.version', 'in', versions)
    .orderBy('decision.id', 'desc')
    .limit(mostRead)
    .execute();
  const byVersion = Map.groupBy(rows, ({ version }) => version ?? '');
  return new Map(
    [...byVersion].map(([version, list]) => [
      version,
      list.map(({ version: _, materials, ...row }) => ({ ...row, materials: JSON.parse(materials) })),
    ]),
  );
}
