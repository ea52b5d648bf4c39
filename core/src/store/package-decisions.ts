import { sql } from 'kysely';
import { type DecisionView, selectDecisions, toDecisionView } from './decisions.ts';
import { selectAbout } from './select-about.ts';
import type { Tx } from './store.ts';

/** What was decided about one version. */
export interface VersionDecisions {
  /** The newest of them, newest first. */
  readonly newest: readonly DecisionView[];
  /** How many there are. */
  readonly count: number;
}

/** Which decisions are read. */
export interface VersionDecisionsRequest {
  readonly packageId: number;
  readonly versions: readonly string[];
  /** At most so many about each version. */
  readonly most: number;
  /** Of these pipelines only; of all where it is left out. */
  readonly pipelines: readonly string[] | undefined;
}

/** What was decided about some versions of a package, by version. */
export async function readDecisionsOfPackage(
  tx: Tx,
  { packageId, versions, most, pipelines }: VersionDecisionsRequest,
): Promise<ReadonlyMap<string, VersionDecisions>> {
  if (versions.length === 0) return new Map();
  const ranked = tx.db
    .selectFrom(selectAbout(tx, { packageId, versions }).as('about'))
    .innerJoin('decision', 'decision.id', 'about.id')
    .innerJoin('pipeline', 'pipeline.id', 'decision.pipeline_id')
    .select(['about.id', 'about.version'])
    .select(sql<number>`row_number() over (partition by about.version order by about.id desc)`.as('nth'))
    .select(sql<number>`count(*) over (partition by about.version)`.as('count'))
    .$if(pipelines !== undefined, (query) => query.where('pipeline.name', 'in', ['', ...(pipelines ?? [])]))
    .as('ranked');
  const rows = await selectDecisions(tx)
    .innerJoin(ranked, 'ranked.id', 'decision.id')
    .select(['ranked.version', 'ranked.count'])
    .where('ranked.nth', '<=', most)
    .orderBy('decision.id', 'desc')
    .execute();
  const byVersion = Map.groupBy(rows, ({ version }) => version ?? '');
  return new Map(
    [...byVersion].map(([version, list]) => [
      version,
      {
        newest: list.map(({ version: _, count: __, ...row }) => toDecisionView(row)),
        count: Number(list[0]?.count),
      },
    ]),
  );
}
