import { randomUUID } from 'node:crypto';
import type { ApprovalConfig } from '../config/config.ts';
import type { RevisionTable, StartedBy, Status } from './schema.ts';
import type { Tx } from './store.ts';

/** A stage of some run that something is still to come of. */
export interface OpenStage {
  readonly id: number;
  readonly runId: number;
  /** The run's counter. */
  readonly counter: number;
  /** The run's label. */
  readonly label: string;
  readonly startedBy: StartedBy;
  /** Whether somebody took the run's republished or withdrawn revisions all the same. */
  readonly overridden: boolean;
  readonly position: number;
  readonly name: string;
  readonly stageCounter: number;
  readonly status: 'pending' | 'running';
  readonly approval: ApprovalConfig;
  readonly notBefore: number | null;
  readonly heldAt: number | null;
  readonly waits: string | null;
}

/** The stages of a pipeline's runs that are running, or ready and waiting for their turn; in the order of their turn. */
export async function readOpenStages(tx: Tx, pipelineId: number): Promise<readonly OpenStage[]> {
  const running = await selectStages(tx, pipelineId).where('stage.status', '=', 'running').execute();
  const ready = await selectStages(tx, pipelineId)
    .where('stage.status', '=', 'pending')
    .where('stage.ready_at', 'is not', null)
    .orderBy('stage.ready_at')
    .orderBy('run.counter')
    .execute();
  return [...running.map((row) => toOpenStage(row, 'running')), ...ready.map((row) => toOpenStage(row, 'pending'))];
}

/** The stages of a pipeline's runs that wait for approval longer than they may. */
export async function readExpiredStages(tx: Tx, pipelineId: number, now: number): Promise<readonly OpenStage[]> {
  const rows = await selectStages(tx, pipelineId)
    .where('stage.status', '=', 'waiting')
    .where('stage.expires_at', '<=', now)
    .orderBy('stage.id')
    .execute();
  return rows.map((row) => toOpenStage(row, 'pending'));
}

/** The stages of a pipeline's runs that wait for approval, or for their turn. */
export async function readOpenRuns(tx: Tx, pipelineId: number): Promise<readonly OpenStage[]> {
  const rows = await selectStages(tx, pipelineId)
    .where('stage.status', 'in', ['waiting', 'pending'])
    .where('stage.ready_at', 'is not', null)
    .orderBy('stage.id')
    .execute();
  return rows.map((row) => toOpenStage(row, 'pending'));
}

/** When the next stage of a pipeline that waits for approval expires, in milliseconds. */
export async function readNextExpiry(tx: Tx, pipelineId: number): Promise<number | undefined> {
  const row = await tx.db
    .selectFrom('stage')
    .select('expires_at as at')
    .where('pipeline_id', '=', pipelineId)
    .where('status', '=', 'waiting')
    .where('expires_at', 'is not', null)
    .orderBy('expires_at')
    .limit(1)
    .executeTakeFirst();
  return row?.at ?? undefined;
}

function selectStages(tx: Tx, pipelineId: number) {
  return tx.db
    .selectFrom('stage')
    .innerJoin('run', 'run.id', 'stage.run_id')
    .select(['stage.id', 'stage.run_id as runId', 'run.counter', 'run.label', 'run.started_by as startedBy', 'run.overridden'])
    .select(['stage.position', 'stage.name', 'stage.counter as stageCounter', 'stage.approval', 'stage.not_before as notBefore'])
    .select(['stage.held_at as heldAt', 'stage.waits'])
    .where('stage.pipeline_id', '=', pipelineId);
}

type StageRow = Awaited<ReturnType<ReturnType<typeof selectStages>['executeTakeFirstOrThrow']>>;

function toOpenStage({ approval, overridden, ...row }: StageRow, status: OpenStage['status']): OpenStage {
  return { ...row, status, approval: JSON.parse(approval), overridden: overridden === 1 };
}

/** A revision behind a run that is not what it was. */
export interface Objection {
  readonly runId: number;
  readonly packageId: number;
  readonly package: string;
  readonly version: string;
  readonly state: Exclude<RevisionTable['state'], 'published'>;
}

/** Which of the revisions behind some runs are republished or withdrawn. */
export async function readObjections(tx: Tx, runIds: readonly number[]): Promise<readonly Objection[]> {
  if (runIds.length === 0) return [];
  const rows = await tx.db
    .selectFrom('run_package')
    .innerJoin('revision', 'revision.id', 'run_package.revision_id')
    .innerJoin('package', 'package.id', 'run_package.package_id')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select(['run_package.run_id as runId', 'run_package.package_id as packageId', 'revision.version', 'revision.state'])
    .select(['repository.name as repositoryName', 'package.name as packageName'])
    .where('run_package.run_id', 'in', runIds)
    .where('revision.state', '<>', 'published')
    .orderBy('run_package.run_id')
    .orderBy('run_package.package_id')
    .execute();
  return rows.flatMap(({ repositoryName, packageName, state, ...row }) =>
    state === 'published' ? [] : [{ ...row, state, package: `${repositoryName}/${packageName}` }],
  );
}

/** Marks a stage as passed by, because of an objection, or as passed by no more. */
export async function markHeld(tx: Tx, id: number, heldAt: number | null): Promise<void> {
  await tx.db.updateTable('stage').set({ held_at: heldAt }).where('id', '=', id).execute();
}

/** Remembers what a stage's turn waits for, so that it is said once. */
export async function markStageWaits(tx: Tx, id: number, waits: string | null): Promise<void> {
  await tx.db.updateTable('stage').set({ waits }).where('id', '=', id).execute();
}

/** Begins a stage: its jobs that are still to be done get their first attempts, due now. */
export async function beginStage(tx: Tx, id: number, now: number): Promise<void> {
  await tx.db
    .updateTable('stage')
    .set({ status: 'running', started_at: now, held_at: null, waits: null })
    .where('id', '=', id)
    .execute();
  const jobs = await tx.db
    .selectFrom('job')
    .select('id')
    .where('stage_id', '=', id)
    .where('status', '=', 'pending')
    .orderBy('id')
    .execute();
  const attempts = jobs.map((job) => ({ job_id: job.id, number: 1, key: randomUUID(), state: 'due' as const, due_at: now }));
  await tx.db.insertInto('attempt').values(attempts).execute();
  tx.wake('attempts');
}

/** Marks stages as ended. */
export async function endStages(
  tx: Tx,
  ids: readonly number[],
  status: 'passed' | 'failed' | 'cancelled',
  now: number,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.db.updateTable('stage').set({ status, finished_at: now, held_at: null, waits: null }).where('id', 'in', ids).execute();
}

/** How a stage becomes ready: waiting for approval, or for its turn. Times in milliseconds. */
export interface Readiness {
  readonly status: 'pending' | 'waiting';
  readonly readyAt: number;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
}

/** Makes a stage ready. */
export async function readyStage(tx: Tx, id: number, { status, readyAt, notBefore, expiresAt }: Readiness): Promise<void> {
  await tx.db
    .updateTable('stage')
    .set({ status, ready_at: readyAt, not_before: notBefore, expires_at: expiresAt, waits: null })
    .where('id', '=', id)
    .execute();
}

/** Ends a stage's waiting for approval: from now on it waits for its turn. */
export async function markApproved(tx: Tx, id: number, now: number): Promise<void> {
  await tx.db
    .updateTable('stage')
    .set({ status: 'pending', ready_at: now, approved_at: now, expires_at: null })
    .where('id', '=', id)
    .execute();
}

/** Cancels what has not begun of some runs, jobs too. */
export async function cancelPendingStages(tx: Tx, runIds: readonly number[], now: number): Promise<void> {
  if (runIds.length === 0) return;
  const stages = await tx.db
    .selectFrom('stage')
    .select('id')
    .where('run_id', 'in', runIds)
    .where('status', 'in', ['pending', 'waiting'])
    .execute();
  const ids = stages.map(({ id }) => id);
  await endStages(tx, ids, 'cancelled', now);
  await cancelPendingJobs(tx, ids, now);
}

/** Cancels the jobs of stages that have not begun. */
export async function cancelPendingJobs(tx: Tx, stageIds: readonly number[], now: number): Promise<void> {
  if (stageIds.length === 0) return;
  await tx.db
    .updateTable('job')
    .set({ status: 'cancelled', finished_at: now })
    .where('stage_id', 'in', stageIds)
    .where('status', '=', 'pending')
    .execute();
}

/** The statuses of a stage's jobs. */
export async function readJobStatuses(tx: Tx, stageId: number): Promise<readonly Status[]> {
  const rows = await tx.db.selectFrom('job').select('status').where('stage_id', '=', stageId).execute();
  return rows.map(({ status }) => status);
}

/** When somebody cancelled a stage that runs, in milliseconds. */
export async function readCancelAt(tx: Tx, id: number): Promise<number | null> {
  const row = await tx.db.selectFrom('stage').select('cancel_at').where('id', '=', id).executeTakeFirst();
  return row?.cancel_at ?? null;
}

/** The newest attempt at a stage of a run. */
export interface RunStage {
  readonly id: number;
  readonly position: number;
  readonly name: string;
  readonly counter: number;
  readonly status: Status;
  readonly approval: ApprovalConfig;
  readonly readyAt: number | null;
  readonly approvedAt: number | null;
  readonly startedAt: number | null;
  readonly cancelAt: number | null;
}

/** The stages of a run, first to last, each by its newest attempt. */
export async function readRunStages(tx: Tx, runId: number): Promise<readonly RunStage[]> {
  const rows = await tx.db
    .selectFrom('stage')
    .select(['id', 'position', 'name', 'counter', 'status', 'approval', 'ready_at as readyAt', 'approved_at as approvedAt'])
    .select(['started_at as startedAt', 'cancel_at as cancelAt'])
    .where('run_id', '=', runId)
    .where('latest', '=', 1)
    .orderBy('position')
    .execute();
  return rows.map(({ approval, ...row }) => ({ ...row, approval: JSON.parse(approval) }));
}

/** Adds another attempt at a stage, pending; jobs that are kept stay passed, the others are to be done. Answers its id. */
export async function insertStageAttempt(
  tx: Tx,
  stage: RunStage & { readonly runId: number; readonly pipelineId: number },
  { keepPassed }: { readonly keepPassed: boolean },
): Promise<number> {
  await tx.db.updateTable('stage').set({ latest: 0 }).where('id', '=', stage.id).execute();
  const { id } = await tx.db
    .insertInto('stage')
    .values({
      run_id: stage.runId,
      pipeline_id: stage.pipelineId,
      position: stage.position,
      name: stage.name,
      counter: stage.counter + 1,
      status: 'pending',
      approval: JSON.stringify(stage.approval),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const jobs = await tx.db.selectFrom('job').selectAll().where('stage_id', '=', stage.id).orderBy('id').execute();
  const rows = jobs.map((job) =>
    keepPassed && job.status === 'passed'
      ? { ...job, id: undefined, stage_id: id, original_id: job.original_id ?? job.id }
      : { stage_id: id, name: job.name, status: 'pending' as const },
  );
  for (const row of rows) await tx.db.insertInto('job').values(row).execute();
  return id;
}

/** Lets a stage that was cancelled before it was reached be still to come. */
export async function resetStage(tx: Tx, id: number): Promise<void> {
  await tx.db.updateTable('stage').set({ status: 'pending', finished_at: null }).where('id', '=', id).execute();
  await tx.db.updateTable('job').set({ status: 'pending', finished_at: null }).where('stage_id', '=', id).execute();
}

/** Notes that somebody cancelled a stage that runs. What of it has not begun is over at once; answers the jobs that go on until they are ended. */
export async function cancelRunningStage(tx: Tx, id: number, now: number): Promise<number> {
  await tx.db.updateTable('stage').set({ cancel_at: now }).where('id', '=', id).execute();
  await tx.db
    .updateTable('attempt')
    .set({ state: 'done', outcome: 'cancelled', lease_owner: null, lease_until: null })
    .where('state', '=', 'due')
    .where('job_id', 'in', (e) => e.selectFrom('job').select('id').where('stage_id', '=', id))
    .execute();
  await cancelPendingJobs(tx, [id], now);
  tx.wake('attempts');
  return (await readJobStatuses(tx, id)).filter((status) => status === 'running').length;
}
