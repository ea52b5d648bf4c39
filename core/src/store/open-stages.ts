import type { ApprovalConfig } from '../config/config.ts';
import type { StartedBy } from './schema.ts';
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
