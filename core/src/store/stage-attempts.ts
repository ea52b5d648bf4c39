import type { ApprovalConfig } from '../config/config.ts';
import { groupRows } from './group-rows.ts';
import type { Status } from './schema.ts';
import type { Tx } from './store.ts';

/** The newest attempt at a stage of a run. */
export interface RunStage {
  readonly id: number;
  readonly position: number;
  readonly name: string;
  readonly counter: number;
  readonly status: Status;
  /** For the record: what counts is the configuration in force. */
  readonly approval: ApprovalConfig;
  readonly readyAt: number | null;
  readonly approvedAt: number | null;
  readonly startedAt: number | null;
  readonly cancelAt: number | null;
  /** When its approval expires, while it waits for one. */
  readonly expiresAt: number | null;
}

/** The stages of a run, first to last, each by its newest attempt. */
export async function readRunStages(tx: Tx, runId: number): Promise<readonly RunStage[]> {
  return (await readStagesOfRuns(tx, [runId])).get(runId) ?? [];
}

/** The stages of runs, by run, first to last, each by its newest attempt. */
export async function readStagesOfRuns(tx: Tx, runIds: readonly number[]): Promise<ReadonlyMap<number, readonly RunStage[]>> {
  if (runIds.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('stage')
    .select([
      'run_id as runId',
      'id',
      'position',
      'name',
      'counter',
      'status',
      'approval',
      'ready_at as readyAt',
      'approved_at as approvedAt',
    ])
    .select(['started_at as startedAt', 'cancel_at as cancelAt', 'expires_at as expiresAt'])
    .where('run_id', 'in', runIds)
    .where('latest', '=', 1)
    .orderBy('run_id')
    .orderBy('position')
    .execute();
  return groupRows(
    rows,
    ({ runId }) => runId,
    ({ runId: _, approval, ...row }) => ({ ...row, approval: JSON.parse(approval) }),
  );
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
