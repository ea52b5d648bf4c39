import { groupRows } from './group-rows.ts';
import { stageIsPending, stageIsRunning, stageIsWaiting } from './index-conditions.ts';
import type { StartedBy, Status } from './schema.ts';
import type { Tx } from './store.ts';

/** A stage of some run that something is still to come of. */
export interface OpenStage {
  readonly id: number;
  readonly runId: number;
  /** The run's counter. */
  readonly counter: number;
  /** The run's label. */
  readonly label: string;
  readonly runStatus: Status;
  readonly startedBy: StartedBy;
  /** Who triggered the run, where a person did. */
  readonly person: string | null;
  /** Whether somebody took the run's republished or withdrawn revisions all the same. */
  readonly overridden: boolean;
  readonly position: number;
  readonly name: string;
  readonly stageCounter: number;
  readonly status: 'pending' | 'running';
  /** When enough people had approved it, in milliseconds. */
  readonly approvedAt: number | null;
  readonly notBefore: number | null;
  readonly heldAt: number | null;
  readonly waits: string | null;
}

/** The stages of a pipeline's runs that are running, or ready and waiting for their turn; in the order of their turn. */
export async function readOpenStages(tx: Tx, pipelineId: number): Promise<readonly OpenStage[]> {
  const active = (await readActiveStages(tx, [pipelineId])).get(pipelineId);
  return active ? [...active.running, ...active.ready] : [];
}

/** Stages of a pipeline's runs, by what is to come of them. */
export interface ActiveStages {
  readonly running: readonly OpenStage[];
  /** Those that wait for their turn, in its order. */
  readonly ready: readonly OpenStage[];
  /** Those that wait for approval, and not for ever. */
  readonly expiring: readonly (OpenStage & { readonly expiresAt: number })[];
}

/** Reads what of the runs of some pipelines may move, by pipeline. */
export async function readActiveStages(tx: Tx, pipelineIds: readonly number[]): Promise<ReadonlyMap<number, ActiveStages>> {
  if (pipelineIds.length === 0) return new Map();
  const stages = selectStages(tx, pipelineIds);
  const rows = await stages
    .where(stageIsRunning)
    .unionAll(stages.where(stageIsPending).where('stage.ready_at', 'is not', null))
    .unionAll(stages.where(stageIsWaiting).where('stage.expires_at', 'is not', null))
    .execute();
  const byPipeline = Map.groupBy(rows, (row) => row.pipelineId);
  return new Map([...byPipeline].map(([id, some]) => [id, toActiveStages(some)]));
}

function toActiveStages(rows: readonly StageRow[]): ActiveStages {
  const of = (status: Status) => rows.filter((row) => row.status === status);
  const ready = of('pending').toSorted((a, b) => (a.readyAt ?? 0) - (b.readyAt ?? 0) || a.counter - b.counter);
  return {
    running: of('running').map(toOpenStage),
    ready: ready.map(toOpenStage),
    expiring: of('waiting').flatMap((row) => (row.expiresAt === null ? [] : [{ ...toOpenStage(row), expiresAt: row.expiresAt }])),
  };
}

/** A stage that waits for approval. */
export type AskedStage = OpenStage & { readonly readyAt: number; readonly expiresAt: number | null };

/** The stages of some pipelines' runs that wait for approval, by pipeline, longest first. */
export async function readAskedStages(
  tx: Tx,
  pipelineIds: readonly number[],
): Promise<ReadonlyMap<number, readonly AskedStage[]>> {
  if (pipelineIds.length === 0) return new Map();
  const rows = await selectStages(tx, pipelineIds).where(stageIsWaiting).execute();
  return groupRows(
    rows.toSorted((a, b) => a.id - b.id),
    ({ pipelineId }) => pipelineId,
    (row) => ({ ...toOpenStage(row), readyAt: row.readyAt ?? 0, expiresAt: row.expiresAt }),
  );
}

/** The stages of a pipeline's runs that wait for approval, or for their turn. */
export async function readOpenRuns(tx: Tx, pipelineId: number): Promise<readonly OpenStage[]> {
  const stages = selectStages(tx, [pipelineId]).where('stage.ready_at', 'is not', null);
  const rows = await stages.where(stageIsWaiting).unionAll(stages.where(stageIsPending)).execute();
  return rows.toSorted((a, b) => a.id - b.id).map(toOpenStage);
}

function selectStages(tx: Tx, pipelineIds: readonly number[]) {
  return tx.db
    .selectFrom('stage')
    .innerJoin('run', 'run.id', 'stage.run_id')
    .select(['stage.id', 'stage.run_id as runId', 'run.counter', 'run.label', 'run.started_by as startedBy', 'run.person'])
    .select('run.overridden')
    .select(['stage.pipeline_id as pipelineId', 'run.status as runStatus'])
    .select(['stage.position', 'stage.name', 'stage.counter as stageCounter', 'stage.not_before as notBefore'])
    .select('stage.approved_at as approvedAt')
    .select(['stage.held_at as heldAt', 'stage.waits', 'stage.status'])
    .select(['stage.ready_at as readyAt', 'stage.expires_at as expiresAt'])
    .where('stage.pipeline_id', 'in', pipelineIds);
}

type StageRow = Awaited<ReturnType<ReturnType<typeof selectStages>['executeTakeFirstOrThrow']>>;

function toOpenStage({ pipelineId: _, overridden, status, readyAt: __, expiresAt: ___, ...row }: StageRow): OpenStage {
  return {
    ...row,
    status: status === 'running' ? 'running' : 'pending',
    overridden: overridden === 1,
  };
}
