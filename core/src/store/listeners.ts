import { sql } from 'kysely';
import { chunk } from './chunk.ts';
import type { ListenerTable } from './schema.ts';
import type { Tx } from './store.ts';

/** A pipeline that listens to a package. */
export interface Listener {
  readonly pipelineId: number;
  readonly packageId: number;
  readonly mode: ListenerTable['mode'];
  /** Whether its first look is still to come. */
  readonly baseline: boolean;
  /** The highest rank of what was ever to start it of this package by itself, -1 where there was none. */
  readonly triggeredRank: number;
  /**
   * The highest rank of what its runs had of it, chosen by hand or not; -1 where there was none. Told only
   * for a first look.
   */
  readonly runRank: number;
}

/** That a pipeline listens to a package. */
export interface Listening {
  readonly pipelineId: number;
  readonly packageId: number;
  readonly mode: ListenerTable['mode'];
}

/**
 * Those who listen to some packages now, with what they have had of them; ranks as they are in this
 * transaction.
 */
export async function loadListeners(tx: Tx, packageIds: readonly number[]): Promise<readonly Listener[]> {
  if (packageIds.length === 0) return [];
  const rows = await tx.db
    .selectFrom('listener')
    .select(['pipeline_id as pipelineId', 'package_id as packageId', 'mode', 'since'])
    .where('package_id', 'in', packageIds)
    .where('active', '=', 1)
    .orderBy('pipeline_id')
    .orderBy('package_id')
    .execute();
  const triggered = await readTriggeredRanks(tx, rows);
  const run = await readRunRanks(
    tx,
    rows.filter(({ since }) => since === null),
  );
  return rows.map(({ since, ...row }) => ({
    ...row,
    baseline: since === null,
    triggeredRank: triggered.get(keyOf(row)) ?? -1,
    runRank: run.get(keyOf(row)) ?? -1,
  }));
}

/** Who listens to some packages now, and whether their first look is still to come. */
export async function findListeners(
  tx: Tx,
  packageIds: readonly number[],
): Promise<readonly Pick<Listener, 'pipelineId' | 'packageId' | 'baseline'>[]> {
  if (packageIds.length === 0) return [];
  const rows = await tx.db
    .selectFrom('listener')
    .select(['pipeline_id as pipelineId', 'package_id as packageId', 'since'])
    .where('package_id', 'in', packageIds)
    .where('active', '=', 1)
    .execute();
  return rows.map(({ since, ...row }) => ({ ...row, baseline: since === null }));
}

/** Those of some packages that somebody has still to take a first look at. */
export async function findFirstLooks(tx: Tx, packageIds: readonly number[]): Promise<ReadonlySet<number>> {
  if (packageIds.length === 0) return new Set();
  const rows = await tx.db
    .selectFrom('listener')
    .select('package_id')
    .where('package_id', 'in', packageIds)
    .where('active', '=', 1)
    .where('since', 'is', null)
    .execute();
  return new Set(rows.map((row) => row.package_id));
}

type Pair = Pick<Listening, 'pipelineId' | 'packageId'>;
const keyOf = ({ pipelineId, packageId }: Pair) => `${pipelineId}/${packageId}`;

async function readTriggeredRanks(tx: Tx, pairs: readonly Pair[]): Promise<ReadonlyMap<string, number>> {
  if (pairs.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('trigger')
    .innerJoin('revision', 'revision.id', 'trigger.revision_id')
    .select(({ fn, ref }) => [
      'trigger.pipeline_id as pipelineId',
      'revision.package_id as packageId',
      fn.max(ref('revision.rank')).as('rank'),
    ])
    .where('trigger.pipeline_id', 'in', [...new Set(pairs.map(({ pipelineId }) => pipelineId))])
    .where('trigger.package_id', 'in', [...new Set(pairs.map(({ packageId }) => packageId))])
    .groupBy(['trigger.pipeline_id', 'revision.package_id'])
    .execute();
  return new Map(rows.map((row) => [keyOf(row), Number(row.rank)]));
}

async function readRunRanks(tx: Tx, pairs: readonly Pair[]): Promise<ReadonlyMap<string, number>> {
  if (pairs.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('revision')
    .innerJoin('run_material', 'run_material.revision_id', 'revision.id')
    .innerJoin('run', 'run.id', 'run_material.run_id')
    .select(({ fn, ref }) => [
      'run.pipeline_id as pipelineId',
      'revision.package_id as packageId',
      fn.max(ref('revision.rank')).as('rank'),
    ])
    .where('revision.package_id', 'in', [...new Set(pairs.map(({ packageId }) => packageId))])
    .where('run.pipeline_id', 'in', [...new Set(pairs.map(({ pipelineId }) => pipelineId))])
    .groupBy(['run.pipeline_id', 'revision.package_id'])
    .execute();
  return new Map(rows.map((row) => [keyOf(row), Number(row.rank)]));
}

/** Notes that the first look was taken for these. */
export async function noteBaselines(tx: Tx, taken: readonly Pair[], now: number): Promise<void> {
  for (const [packageId, pairs] of Map.groupBy(taken, (pair) => pair.packageId)) {
    const pipelineIds = pairs.map(({ pipelineId }) => pipelineId);
    await tx.db
      .updateTable('listener')
      .set({ since: now })
      .where('package_id', '=', packageId)
      .where('pipeline_id', 'in', pipelineIds)
      .execute();
  }
}

/** Everybody who listens or has listened. */
export async function loadListenings(
  tx: Tx,
): Promise<readonly (Listening & { readonly active: boolean; readonly baseline: boolean })[]> {
  const rows = await tx.db
    .selectFrom('listener')
    .select(['pipeline_id as pipelineId', 'package_id as packageId', 'mode', 'active', 'since'])
    .execute();
  return rows.map(({ active, since, ...row }) => ({
    ...row,
    active: active === 1,
    baseline: since === null,
  }));
}

/** Names a pipeline's listening to a package, as {@link loadLookedAt} does. */
export function nameListening(pipeline: string, repository: string, name: string): string {
  return `${pipeline} ${repository}/${name}`;
}

/** Who listens and has taken a first look, by {@link nameListening}. */
export async function loadLookedAt(tx: Tx): Promise<ReadonlySet<string>> {
  const rows = await tx.db
    .selectFrom('listener')
    .innerJoin('pipeline', 'pipeline.id', 'listener.pipeline_id')
    .innerJoin('package', 'package.id', 'listener.package_id')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select(['pipeline.name as pipeline', 'repository.name as repository', 'package.name as name'])
    .where('listener.active', '=', 1)
    .where('listener.since', 'is not', null)
    .execute();
  return new Set(rows.map(({ pipeline, repository, name }) => nameListening(pipeline, repository, name)));
}

/** Lets pipelines listen from now on, with a first look still to come. */
export async function beginListening(tx: Tx, listenings: readonly Listening[]): Promise<void> {
  for (const some of chunk(listenings)) {
    const rows = some.map(({ pipelineId, packageId, mode }) => ({
      pipeline_id: pipelineId,
      package_id: packageId,
      active: 1 as const,
      mode,
    }));
    await tx.db
      .insertInto('listener')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['pipeline_id', 'package_id']).doUpdateSet(({ ref }) => ({
          active: 1 as const,
          since: null,
          mode: ref('excluded.mode'),
        })),
      )
      .execute();
  }
}

/**
 * Changes how a pipeline that listens is started. One that was only started by hand begins to listen then,
 * with a first look.
 */
export async function changeMode(tx: Tx, { pipelineId, packageId, mode }: Listening): Promise<void> {
  await tx.db
    .updateTable('listener')
    .set({ mode, since: sql`case when mode = 'manual' then null else since end` })
    .where('pipeline_id', '=', pipelineId)
    .where('package_id', '=', packageId)
    .execute();
}

/** Ends listening; what the pipeline has had stays known. */
export async function endListening(tx: Tx, { pipelineId, packageId }: Pair): Promise<void> {
  await tx.db
    .updateTable('listener')
    .set({ active: 0 })
    .where('pipeline_id', '=', pipelineId)
    .where('package_id', '=', packageId)
    .execute();
}

/** Lets everybody who listens to some packages take a first look again. */
export async function resetBaselines(tx: Tx, packageIds: readonly number[]): Promise<void> {
  for (const ids of chunk(packageIds)) {
    await tx.db.updateTable('listener').set({ since: null }).where('package_id', 'in', ids).execute();
  }
}
