import type { PipelineConfig, PluginSettings } from '../config/config.ts';
import type { PinnableRevision } from './pinnable.ts';
import type { Status } from './schema.ts';
import type { Tx } from './store.ts';

/** A material as a run pins it: all that its jobs are told of it, text before interpolation; secret settings are left out. */
export interface Pin {
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

/** A run to be stored. */
export interface NewRun {
  readonly pipelineId: number;
  readonly counter: number;
  readonly label: string;
  /** In words: what or who started it. */
  readonly cause: string;
  readonly definition: PipelineConfig;
  /** What a trigger overrode: literal values, never interpolated. */
  readonly environment: Readonly<Record<string, string>>;
  readonly pins: readonly Pin[];
  readonly createdAt: number;
}

/** Counts a pipeline's runs up by one; the pipeline must be locked. */
export async function nextCounter(tx: Tx, pipelineId: number): Promise<number> {
  const { counter } = await tx.db
    .updateTable('pipeline')
    .set((e) => ({ counter: e('counter', '+', 1) }))
    .where('id', '=', pipelineId)
    .returning('counter')
    .executeTakeFirstOrThrow();
  return counter;
}

/** Stores a run with its materials, and its stages and jobs, all pending, the first stage ready. Answers its id. */
export async function insertRun(tx: Tx, run: NewRun): Promise<number> {
  const { id } = await tx.db
    .insertInto('run')
    .values({
      pipeline_id: run.pipelineId,
      counter: run.counter,
      label: run.label,
      cause: run.cause,
      status: 'pending',
      definition: JSON.stringify(run.definition),
      environment: JSON.stringify(run.environment),
      created_at: run.createdAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await insertPins(tx, id, run.pins);
  await insertStages(tx, id, run);
  return id;
}

async function insertPins(tx: Tx, runId: number, pins: readonly Pin[]): Promise<void> {
  const rows = pins.map((pin, position) => ({
    run_id: runId,
    position,
    package_id: pin.revision.packageId,
    revision_id: pin.revision.id,
    version: pin.revision.version,
    digest: pin.revision.digest,
    location: pin.revision.location,
    pinned: JSON.stringify(pin),
    changed: pin.changed ? (1 as const) : (0 as const),
  }));
  await tx.db.insertInto('run_material').values(rows).execute();
}

async function insertStages(tx: Tx, runId: number, { pipelineId, definition, createdAt }: NewRun): Promise<void> {
  const rows = definition.stages.map(({ name }, position) => ({
    run_id: runId,
    pipeline_id: pipelineId,
    position,
    name,
    counter: 1,
    status: 'pending' as const,
    ready_at: position === 0 ? createdAt : null,
  }));
  const stages = await tx.db.insertInto('stage').values(rows).returning(['id', 'name']).execute();
  const idOf = new Map(stages.map(({ id, name }) => [name, id]));
  const jobs = definition.stages.flatMap((stage) => {
    const stageId = idOf.get(stage.name);
    if (stageId === undefined) throw new Error(`the stage ${stage.name} was not stored`);
    return stage.jobs.map(({ name }) => ({ stage_id: stageId, name, status: 'pending' as const }));
  });
  await tx.db.insertInto('job').values(jobs).execute();
}

/** The digests that the newest run of a pipeline pinned, by the revision's id. */
export async function readPreviousPins(tx: Tx, pipelineId: number): Promise<ReadonlyMap<number, string>> {
  const rows = await tx.db
    .selectFrom('run_material')
    .select(['revision_id', 'digest'])
    .where('run_id', '=', (e) =>
      e.selectFrom('run').select('id').where('pipeline_id', '=', pipelineId).orderBy('counter', 'desc').limit(1),
    )
    .execute();
  return new Map(rows.map((row) => [row.revision_id, row.digest]));
}

/** A run as its stages move it. */
export interface RunState {
  readonly id: number;
  readonly counter: number;
  readonly label: string;
  readonly status: Status;
}

/** Where a run stands. */
export async function readRunState(tx: Tx, id: number): Promise<RunState> {
  return tx.db.selectFrom('run').select(['id', 'counter', 'label', 'status']).where('id', '=', id).executeTakeFirstOrThrow();
}

/** Marks a run as begun. */
export async function markRunning(tx: Tx, id: number): Promise<void> {
  await tx.db.updateTable('run').set({ status: 'running' }).where('id', '=', id).execute();
}

/** Marks a run as ended. */
export async function endRun(tx: Tx, id: number, status: 'passed' | 'failed' | 'cancelled', now: number): Promise<void> {
  await tx.db.updateTable('run').set({ status, finished_at: now }).where('id', '=', id).execute();
}
