import { type DecisionView, selectDecisions, toDecisionView } from './decisions.ts';
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
  const rows = await selectDecisions(tx)
    .select('decision.version')
    .where('decision.package_id', '=', id)
    .where('decision.version', 'in', versions)
    .orderBy('decision.id', 'desc')
    .limit(mostRead)
    .execute();
  const byVersion = Map.groupBy(rows, ({ version }) => version ?? '');
  return new Map([...byVersion].map(([version, list]) => [version, list.map(({ version: _, ...row }) => toDecisionView(row))]));
}
