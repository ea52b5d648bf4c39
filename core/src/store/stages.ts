import { randomUUID } from 'node:crypto';
import type { RevisionTable, Status } from './schema.ts';
import type { Tx } from './store.ts';

/** A stage of some run that something is still to come of. */
export interface OpenStage {
  readonly id: number;
  readonly runId: number;
  /** The run's counter. */
  readonly counter: number;
  /** The run's label. */
  readonly label: string;
  readonly position: number;
  readonly name: string;
  readonly status: 'pending' | 'running';
  readonly heldAt: number | null;
}

/** The stages of a pipeline's runs that are running, or ready and waiting for their turn; in the order of their turn. */
export async function readOpenStages(tx: Tx, pipelineId: number): Promise<readonly OpenStage[]> {
  const open = tx.db
    .selectFrom('stage')
    .innerJoin('run', 'run.id', 'stage.run_id')
    .select([
      'stage.id',
      'stage.run_id as runId',
      'run.counter',
      'run.label',
      'stage.position',
      'stage.name',
      'stage.held_at as heldAt',
    ])
    .where('stage.pipeline_id', '=', pipelineId);
  const running = await open.where('stage.status', '=', 'running').execute();
  const ready = await open
    .where('stage.status', '=', 'pending')
    .where('stage.ready_at', 'is not', null)
    .orderBy('stage.ready_at')
    .orderBy('run.counter')
    .execute();
  return [
    ...running.map((row) => ({ ...row, status: 'running' as const })),
    ...ready.map((row) => ({ ...row, status: 'pending' as const })),
  ];
}

/** A pinned revision that is not what it was. */
export interface Objection {
  readonly runId: number;
  readonly packageId: number;
  readonly package: string;
  readonly version: string;
  readonly state: Exclude<RevisionTable['state'], 'published'>;
}

/** Which of the revisions that some runs pinned are republished or withdrawn. */
export async function readObjections(tx: Tx, runIds: readonly number[]): Promise<readonly Objection[]> {
  if (runIds.length === 0) return [];
  const rows = await tx.db
    .selectFrom('run_material')
    .innerJoin('revision', 'revision.id', 'run_material.revision_id')
    .innerJoin('package', 'package.id', 'run_material.package_id')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select(['run_material.run_id as runId', 'run_material.package_id as packageId', 'run_material.version', 'revision.state'])
    .select(['repository.name as repositoryName', 'package.name as packageName'])
    .where('run_material.run_id', 'in', runIds)
    .where('revision.state', '<>', 'published')
    .orderBy('run_material.position')
    .execute();
  return rows.flatMap(({ repositoryName, packageName, state, ...row }) =>
    state === 'published' ? [] : [{ ...row, state, package: `${repositoryName}/${packageName}` }],
  );
}

/** Marks a stage as passed by, because of an objection, or as passed by no more. */
export async function markHeld(tx: Tx, id: number, heldAt: number | null): Promise<void> {
  await tx.db.updateTable('stage').set({ held_at: heldAt }).where('id', '=', id).execute();
}

/** Begins a stage: its jobs get their first attempts, due now. */
export async function beginStage(tx: Tx, id: number, now: number): Promise<void> {
  await tx.db.updateTable('stage').set({ status: 'running', started_at: now, held_at: null }).where('id', '=', id).execute();
  const jobs = await tx.db.selectFrom('job').select('id').where('stage_id', '=', id).orderBy('id').execute();
  const attempts = jobs.map((job) => ({ job_id: job.id, number: 1, key: randomUUID(), state: 'due' as const, due_at: now }));
  await tx.db.insertInto('attempt').values(attempts).execute();
  tx.wake('attempts');
}

/** Marks a stage as ended. */
export async function endStage(tx: Tx, id: number, status: 'passed' | 'failed', now: number): Promise<void> {
  await tx.db.updateTable('stage').set({ status, finished_at: now }).where('id', '=', id).execute();
}

/** Makes the stage at a position of a run ready, if there is one that is still to come. */
export async function readyStage(tx: Tx, runId: number, position: number, now: number): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('stage')
    .set({ ready_at: now })
    .where('run_id', '=', runId)
    .where('position', '=', position)
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Cancels what has not begun of some runs, jobs too. */
export async function cancelPendingStages(tx: Tx, runIds: readonly number[], now: number): Promise<void> {
  if (runIds.length === 0) return;
  const cancelled = { status: 'cancelled', finished_at: now } as const;
  const stages = await tx.db
    .updateTable('stage')
    .set({ ...cancelled, held_at: null })
    .where('run_id', 'in', runIds)
    .where('status', '=', 'pending')
    .returning('id')
    .execute();
  if (stages.length === 0) return;
  const ids = stages.map(({ id }) => id);
  await tx.db.updateTable('job').set(cancelled).where('stage_id', 'in', ids).execute();
}

/** The statuses of a stage's jobs. */
export async function readJobStatuses(tx: Tx, stageId: number): Promise<readonly Status[]> {
  const rows = await tx.db.selectFrom('job').select('status').where('stage_id', '=', stageId).execute();
  return rows.map(({ status }) => status);
}

/** The statuses of a run's stages, first to last, each by its newest counter. */
export async function readStageStatuses(tx: Tx, runId: number): Promise<readonly Status[]> {
  const rows = await tx.db
    .selectFrom('stage')
    .select(['position', 'status'])
    .where('run_id', '=', runId)
    .orderBy('position')
    .orderBy('counter')
    .execute();
  return [...new Map(rows.map(({ position, status }) => [position, status])).values()];
}
