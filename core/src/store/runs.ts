import type { PipelineConfig, PluginSettings } from '../config/config.ts';
import type { PassedRun, Provenance } from '../domain/provenance.ts';
import type { SomeReason } from '../domain/reasons/kind.ts';
import type { PinnableRevision } from '../domain/revision.ts';
import type { StartedBy, Status } from '../domain/status.ts';
import { chunk } from './chunk.ts';
import { groupRows } from './group-rows.ts';
import type { Tx } from './store.ts';

/**
 * A package as a run pins it: all that its jobs are told of it, text before interpolation; secret settings
 * are left out.
 */
export interface PackagePin {
  readonly repository: string;
  readonly package: string;
  /** `<NAME>` in the job's environment. */
  readonly as: string;
  readonly revision: PinnableRevision;
  readonly repositoryConfig: PluginSettings;
  readonly packageConfig: PluginSettings;
  /** Whether the run before had another revision, or other bytes, or there was none. */
  readonly changed: boolean;
}

/** A run of another pipeline as a run pins it. */
export interface PipelinePin {
  readonly pipeline: string;
  readonly as: string;
  readonly run: PassedRun;
  /** Whether the run before had another run, or there was none. */
  readonly changed: boolean;
}

/** A material as a run pins it. */
export type Pin = PackagePin | PipelinePin;

/** A run to be stored. */
export interface NewRun {
  readonly pipelineId: number;
  readonly counter: number;
  readonly label: string;
  /** What or who started it. */
  readonly cause: SomeReason;
  readonly startedBy: StartedBy;
  /** The person who triggered it, where one did. */
  readonly person: string | undefined;
  /** Whether somebody took republished or withdrawn revisions all the same. */
  readonly overridden: boolean;
  /** Everything behind it. */
  readonly provenance: Provenance;
  readonly definition: PipelineConfig;
  /** What a trigger overrode: literal values, never interpolated. */
  readonly environment: Readonly<Record<string, string>>;
  readonly pins: readonly Pin[];
  readonly createdAt: number;
}

/** Counts the runs of locked pipelines up: by how much, by pipeline. */
export async function countRuns(tx: Tx, created: ReadonlyMap<number, number>): Promise<void> {
  for (const [count, some] of Map.groupBy(created, ([, number]) => number)) {
    const ids = some.map(([id]) => id);
    for (const part of chunk(ids)) {
      await tx.db
        .updateTable('pipeline')
        .set((e) => ({ counter: e('counter', '+', count) }))
        .where('id', 'in', part)
        .execute();
    }
  }
}

/** Under which ids a run was stored; its stages by position. */
export interface StoredRun {
  readonly id: number;
  readonly stageIds: readonly number[];
}

/**
 * Stores runs with their materials, what is behind them, and their stages and jobs, all pending. Answers
 * their ids, in their order.
 */
export async function insertRuns(tx: Tx, runs: readonly NewRun[]): Promise<readonly StoredRun[]> {
  const ids = new Map<string, number>();
  for (const some of chunk(runs)) {
    const returning = ['id', 'pipeline_id', 'counter'] as const;
    const rows = await tx.db.insertInto('run').values(some.map(toRunColumns)).returning(returning).execute();
    for (const row of rows) ids.set(`${row.pipeline_id} ${row.counter}`, row.id);
  }
  const stored = runs.map((run) => {
    const id = ids.get(`${run.pipelineId} ${run.counter}`);
    if (id === undefined)
      throw new Error(`run ${run.counter} of the pipeline ${run.pipelineId} was not stored`);
    return { id, run };
  });
  for (const some of chunk(stored.flatMap(toPinRows)))
    await tx.db.insertInto('run_material').values(some).execute();
  for (const some of chunk(stored.flatMap(toPackageRows)))
    await tx.db.insertInto('run_package').values(some).execute();
  const stages = await insertStages(tx, stored);
  return stored.map(({ id }) => ({ id, stageIds: stages.get(id) ?? [] }));
}

interface RunWithId {
  readonly id: number;
  readonly run: NewRun;
}

function toRunColumns(run: NewRun) {
  return {
    pipeline_id: run.pipelineId,
    counter: run.counter,
    label: run.label,
    cause: JSON.stringify(run.cause),
    started_by: run.startedBy,
    person: run.person ?? null,
    overridden: run.overridden ? (1 as const) : (0 as const),
    pipelines_behind: JSON.stringify(Object.fromEntries(run.provenance.pipelines)),
    status: 'pending' as const,
    definition: JSON.stringify(run.definition),
    environment: JSON.stringify(run.environment),
    created_at: run.createdAt,
  };
}

function toPinRows({ id, run }: RunWithId) {
  return run.pins.map((pin, position) => ({
    run_id: id,
    position,
    ...('pipeline' in pin ? toUpstreamColumns(pin) : toRevisionColumns(pin)),
    pinned: JSON.stringify(pin),
    changed: pin.changed ? (1 as const) : (0 as const),
  }));
}

function toRevisionColumns({ revision }: PackagePin) {
  return {
    package_id: revision.packageId,
    revision_id: revision.id,
    version: revision.version,
    digest: revision.digest,
    location: revision.location,
    upstream_id: null,
    upstream_run_id: null,
    upstream_counter: null,
  };
}

function toUpstreamColumns({ run }: PipelinePin) {
  return {
    package_id: null,
    revision_id: null,
    version: null,
    digest: null,
    location: null,
    upstream_id: run.pipelineId,
    upstream_run_id: run.id,
    upstream_counter: run.counter,
  };
}

function toPackageRows({ id, run: { pipelineId, provenance } }: RunWithId) {
  return [...provenance.packages].map(([packageId, { revisionId, edition }]) => ({
    run_id: id,
    pipeline_id: pipelineId,
    package_id: packageId,
    revision_id: revisionId,
    edition,
  }));
}

/** Answers their ids by run, by position. */
async function insertStages(
  tx: Tx,
  runs: readonly RunWithId[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const jobsOf = new Map(runs.map(({ id, run }) => [id, run.definition.stages.map(({ jobs }) => jobs)]));
  const inserted: { readonly id: number; readonly run_id: number; readonly position: number }[] = [];
  for (const some of chunk(runs.flatMap(toStageRows))) {
    const stages = await tx.db
      .insertInto('stage')
      .values(some)
      .returning(['id', 'run_id', 'position'])
      .execute();
    const jobs = stages.flatMap(({ id, run_id, position }) =>
      (jobsOf.get(run_id)?.[position] ?? []).map(({ name }) => ({
        stage_id: id,
        name,
        status: 'pending' as const,
      })),
    );
    for (const someJobs of chunk(jobs)) await tx.db.insertInto('job').values(someJobs).execute();
    inserted.push(...stages);
  }
  return groupRows(
    inserted.toSorted((a, b) => a.position - b.position),
    ({ run_id }) => run_id,
    ({ id }) => id,
  );
}

function toStageRows({ id, run: { pipelineId, definition } }: RunWithId) {
  return definition.stages.map(({ name, approval }, position) => ({
    run_id: id,
    pipeline_id: pipelineId,
    position,
    name,
    counter: 1,
    status: 'pending' as const,
    approval: JSON.stringify(approval),
  }));
}

/** What the newest run of each of some pipelines pinned, by pipeline, in its order. */
export async function readPreviousPins(
  tx: Tx,
  pipelineIds: readonly number[],
): Promise<ReadonlyMap<number, readonly Pin[]>> {
  if (pipelineIds.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('pipeline')
    .innerJoin('run_material', (join) =>
      join.on('run_material.run_id', '=', (e) =>
        e
          .selectFrom('run')
          .select('run.id')
          .whereRef('run.pipeline_id', '=', 'pipeline.id')
          .orderBy('run.counter', 'desc')
          .limit(1),
      ),
    )
    .select(['pipeline.id', 'run_material.pinned'])
    .where('pipeline.id', 'in', pipelineIds)
    .orderBy('pipeline.id')
    .orderBy('run_material.position')
    .execute();
  return groupRows(rows, ({ id }) => id, readPin);
}

/** What runs pinned, by run, in their order. */
export async function readPins(
  tx: Tx,
  runIds: readonly number[],
): Promise<ReadonlyMap<number, readonly Pin[]>> {
  const rows = await tx.db
    .selectFrom('run_material')
    .select(['run_id', 'pinned'])
    .where('run_id', 'in', runIds)
    .orderBy('position')
    .execute();
  return groupRows(rows, ({ run_id }) => run_id, readPin);
}

function readPin({ pinned }: { readonly pinned: string }): Pin {
  return JSON.parse(pinned);
}

/** The id of a run; undefined where there is none, or none any more. */
export async function findRun(tx: Tx, pipelineId: number, counter: number): Promise<number | undefined> {
  const row = await tx.db
    .selectFrom('run')
    .select('id')
    .where('pipeline_id', '=', pipelineId)
    .where('counter', '=', counter)
    .executeTakeFirst();
  return row?.id;
}

/** Gives runs another status; those that have ended have an end. */
export async function setRunStatus(
  tx: Tx,
  ids: readonly number[],
  status: Status,
  now: number,
): Promise<void> {
  if (ids.length === 0) return;
  const isOver = status === 'passed' || status === 'failed' || status === 'cancelled';
  await tx.db
    .updateTable('run')
    .set({ status, finished_at: isOver ? now : null })
    .where('id', 'in', ids)
    .execute();
}
