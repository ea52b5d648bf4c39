import type {
  LastAutomatic,
  PackageBehind,
  PassedQuery,
  PassedRun,
  Provenance,
  TracedRun,
} from '../domain/provenance.ts';
import { chunk } from './chunk.ts';
import { groupRows } from './group-rows.ts';
import { stageHasPassed } from './index-conditions.ts';
import type { RunBehind } from './situations/situation.ts';
import type { Tx } from './store.ts';

/** Runs whose stage's newest attempt is passed, newest first. */
export async function readPassedRuns(tx: Tx, query: PassedQuery): Promise<readonly TracedRun[]> {
  const { pipelineId, stage, runId, value, above, below, limit } = query;
  let select = selectPassed(tx)
    .where('stage.pipeline_id', '=', pipelineId)
    .where('stage.name', '=', stage)
    .where(stageHasPassed);
  if (runId !== undefined) select = select.where('stage.run_id', '=', runId);
  if (above !== undefined) select = select.where('stage.run_id', '>', above);
  if (below !== undefined) select = select.where('stage.run_id', '<', below);
  if (value) {
    select = select.where('stage.run_id', 'in', (e) =>
      e
        .selectFrom('run_package')
        .select('run_id')
        .where('revision_id', '=', value.revisionId)
        .where('pipeline_id', '=', pipelineId)
        .where('edition', '=', value.edition),
    );
  }
  return trace(tx, await select.orderBy('stage.run_id', 'desc').limit(limit).execute());
}

/** Of every stage that some pipelines listen to, the newest run that has passed it. */
export async function readNewestPassed(
  tx: Tx,
  pipelineIds: readonly number[],
): Promise<readonly TracedRun[]> {
  if (pipelineIds.length === 0) return [];
  const newest = selectPassed(tx)
    .innerJoin('dependency', (join) =>
      join.on('stage.id', '=', (e) =>
        e
          .selectFrom('stage')
          .select('stage.id')
          .whereRef('stage.pipeline_id', '=', 'dependency.upstream_id')
          .whereRef('stage.name', '=', 'dependency.stage')
          .where(stageHasPassed)
          .orderBy('stage.run_id', 'desc')
          .limit(1),
      ),
    )
    .where('dependency.pipeline_id', 'in', pipelineIds)
    .distinct();
  return trace(tx, await newest.execute());
}

function selectPassed(tx: Tx) {
  return tx.db
    .selectFrom('stage')
    .innerJoin('run', 'run.id', 'stage.run_id')
    .select(['run.id', 'run.pipeline_id as pipelineId', 'run.counter', 'run.label', 'run.pipelines_behind'])
    .select(['stage.name as stage', 'stage.counter as stageCounter']);
}

type PassedRow = Awaited<ReturnType<ReturnType<typeof selectPassed>['executeTakeFirstOrThrow']>>;

async function trace(tx: Tx, rows: readonly PassedRow[]): Promise<readonly TracedRun[]> {
  const behind = await readPackagesBehind(
    tx,
    rows.map(({ id }) => id),
  );
  return rows.map(({ pipelines_behind, ...run }) => {
    const packages = behind.get(run.id) ?? [];
    return { run, behind: packages, provenance: toProvenance(run, packages, pipelines_behind) };
  });
}

function toProvenance(run: PassedRun, packages: readonly PackageBehind[], pipelines: string): Provenance {
  return {
    packages: new Map(
      packages.map(({ packageId, revisionId, edition }) => [packageId, { revisionId, edition }]),
    ),
    pipelines: new Map([...readPipelinesBehind(pipelines), [run.pipelineId, run.id]]),
  };
}

function readPipelinesBehind(text: string): ReadonlyMap<number, number> {
  const runs: Readonly<Record<string, number>> = JSON.parse(text);
  return new Map(Object.entries(runs).map(([id, runId]) => [Number(id), runId]));
}

/** Everything behind some runs, by run. */
export async function readBehind(tx: Tx, runIds: readonly number[]): Promise<ReadonlyMap<number, RunBehind>> {
  if (runIds.length === 0) return new Map();
  const packages = await readPackagesBehind(tx, runIds);
  const rows = await tx.db
    .selectFrom('run')
    .select(['id', 'pipelines_behind'])
    .where('id', 'in', runIds)
    .execute();
  return new Map(
    rows.map(({ id, pipelines_behind }) => [
      id,
      { packages: packages.get(id) ?? [], pipelines: readPipelinesBehind(pipelines_behind) },
    ]),
  );
}

/** The packages behind runs, by run. */
export async function readPackagesBehind(
  tx: Tx,
  runIds: readonly number[],
): Promise<ReadonlyMap<number, readonly PackageBehind[]>> {
  if (runIds.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('run_package')
    .innerJoin('revision', 'revision.id', 'run_package.revision_id')
    .select([
      'run_package.run_id as runId',
      'run_package.package_id as packageId',
      'run_package.revision_id as revisionId',
    ])
    .select(['run_package.edition', 'revision.rank', 'revision.state'])
    .where('run_package.run_id', 'in', runIds)
    .execute();
  return groupRows(
    rows,
    ({ runId }) => runId,
    ({ runId: _, ...row }) => row,
  );
}

/** Packages by their names and versions, for people: `npmjs/fastify` and `5.2.1` by revision id. */
export async function nameRevisions(
  tx: Tx,
  revisionIds: readonly number[],
): Promise<ReadonlyMap<number, { readonly package: string; readonly version: string }>> {
  if (revisionIds.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('revision')
    .innerJoin('package', 'package.id', 'revision.package_id')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select([
      'revision.id',
      'revision.version',
      'package.name as packageName',
      'repository.name as repositoryName',
    ])
    .where('revision.id', 'in', revisionIds)
    .execute();
  return new Map(
    rows.map(({ id, version, packageName, repositoryName }) => [
      id,
      { package: `${repositoryName}/${packageName}`, version },
    ]),
  );
}

/**
 * What stands behind the newest run of each of some pipelines that was started automatically by `latest` or
 * `every`, by pipeline.
 */
export async function readLastAutomatic(
  tx: Tx,
  pipelineIds: readonly number[],
): Promise<ReadonlyMap<number, LastAutomatic>> {
  if (pipelineIds.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('pipeline')
    .innerJoin('run', (join) =>
      join.on('run.id', '=', (e) =>
        e
          .selectFrom('run as automatic')
          .select('automatic.id')
          .whereRef('automatic.pipeline_id', '=', 'pipeline.id')
          .where('automatic.started_by', 'in', ['latest', 'every'])
          .orderBy('automatic.counter', 'desc')
          .limit(1),
      ),
    )
    .select(['pipeline.id as pipelineId', 'run.id', 'run.counter', 'run.pipelines_behind'])
    .where('pipeline.id', 'in', pipelineIds)
    .execute();
  if (rows.length === 0) return new Map();
  const behind = await readFollowedPackages(
    tx,
    rows.map(({ id }) => id),
  );
  return new Map(
    rows.map(({ pipelineId, id, counter, pipelines_behind }) => [
      pipelineId,
      { counter, behind: behind.get(id) ?? [], pipelines: readPipelinesBehind(pipelines_behind) },
    ]),
  );
}

async function readFollowedPackages(tx: Tx, runIds: readonly number[]) {
  const rows = await tx.db
    .selectFrom('run_package')
    .innerJoin('revision', 'revision.id', 'run_package.revision_id')
    .innerJoin('package', 'package.id', 'run_package.package_id')
    .select([
      'run_package.run_id as runId',
      'run_package.package_id as packageId',
      'run_package.revision_id as revisionId',
    ])
    .select(['run_package.edition', 'revision.rank', 'revision.state', 'package.pointer'])
    .where('run_package.run_id', 'in', runIds)
    .execute();
  return groupRows(
    rows,
    ({ runId }) => runId,
    ({ runId: _, pointer, ...one }) => ({ ...one, isFollower: pointer !== null }),
  );
}

/** How often the pointers of packages moved, by package id. */
export async function readMoves(tx: Tx, packageIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (packageIds.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('package')
    .select(['id', 'moves'])
    .where('id', 'in', packageIds)
    .execute();
  return new Map(rows.map(({ id, moves }) => [id, moves]));
}

/** A set of materials that has started a run of a pipeline. */
export interface StartedSet {
  readonly pipelineId: number;
  readonly hash: string;
  /** The run's. */
  readonly counter: number;
}

/** Notes that sets of materials were started automatically, each in another pipeline. */
export async function claimSets(tx: Tx, sets: readonly StartedSet[]): Promise<void> {
  for (const some of chunk(sets)) {
    await tx.db
      .insertInto('started_set')
      .values(some.map(({ pipelineId, hash, counter }) => ({ pipeline_id: pipelineId, hash, counter })))
      .onConflict((conflict) => conflict.columns(['pipeline_id', 'hash']).doNothing())
      .execute();
  }
}

/** The counter of the run that a set of materials has started; undefined where it has started none. */
export async function findStartedSet(tx: Tx, pipelineId: number, hash: string): Promise<number | undefined> {
  const row = await tx.db
    .selectFrom('started_set')
    .select('counter')
    .where('pipeline_id', '=', pipelineId)
    .where('hash', '=', hash)
    .executeTakeFirst();
  return row?.counter;
}
