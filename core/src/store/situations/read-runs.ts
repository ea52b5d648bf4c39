import { readAlarmsOfRuns } from '../alarms.ts';
import { readApprovals } from '../approvals.ts';
import { groupRows } from '../group-rows.ts';
import { stageIsPending, stageIsRunning, stageIsWaiting } from '../index-conditions.ts';
import type { LockedPipeline } from '../pipelines.ts';
import { readBehind } from '../provenance.ts';
import type { Tx } from '../store.ts';
import type { JobSituation, RunSituation, StageSituation } from './situation.ts';

/** Of which runs more is to be read than how they stand. */
export interface RunsAsked {
  /** Runs, with their jobs, and with what is behind them. */
  readonly ids: readonly number[];
  /** Pipelines that deploy at levels: their runs come with what is behind them. */
  readonly deploying: ReadonlySet<number>;
}

/**
 * The runs of some pipelines of which something is to come, those that hold their locks, and those that are
 * asked for, by pipeline, oldest first.
 */
export async function readRuns(
  tx: Tx,
  pipelines: readonly LockedPipeline[],
  { ids: asked, deploying }: RunsAsked,
): Promise<ReadonlyMap<number, readonly RunSituation[]>> {
  const pipelineIds = pipelines.map(({ id }) => id);
  const holders = pipelines.flatMap(({ lockedBy }) => lockedBy ?? []);
  const ids = [...new Set([...(await findOpenRuns(tx, pipelineIds)), ...asked, ...holders])];
  if (ids.length === 0) return new Map();
  const rows = (await selectStages(tx, ids).execute()).filter(({ pipelineId }) =>
    pipelineIds.includes(pipelineId),
  );
  const toCome = rows.filter(
    ({ status, readyAt }) => status === 'waiting' || (status === 'pending' && readyAt !== null),
  );
  const alarms = await readAlarmsOfRuns(tx, ids);
  const words = Map.groupBy(
    await readApprovals(
      tx,
      toCome.map(({ id }) => id),
    ),
    ({ stageId }) => stageId,
  );
  const jobs = await readJobs(tx, asked);
  const deployed = rows.filter(({ pipelineId }) => deploying.has(pipelineId)).map(({ runId }) => runId);
  const behind = await readBehind(tx, [...new Set([...asked, ...deployed])]);
  const runs = [...Map.groupBy(rows, ({ runId }) => runId)].map(([id, stages]) => ({
    pipelineId: stages[0]?.pipelineId ?? 0,
    run: {
      ...toRun(stages[0], id),
      stages: stages.map((row) => toStage(row, words.get(row.id) ?? [], jobs.get(row.id) ?? [])),
      alarms: alarms.get(id) ?? [],
      behind: behind.get(id),
    },
  }));
  return groupRows(
    runs.toSorted((a, b) => a.run.counter - b.run.counter),
    ({ pipelineId }) => pipelineId,
    ({ run }) => run,
  );
}

async function findOpenRuns(tx: Tx, pipelineIds: readonly number[]): Promise<readonly number[]> {
  if (pipelineIds.length === 0) return [];
  const stages = tx.db.selectFrom('stage').select('run_id').where('pipeline_id', 'in', pipelineIds);
  const rows = await stages
    .where(stageIsRunning)
    .union(stages.where(stageIsPending).where('ready_at', 'is not', null))
    .union(stages.where(stageIsWaiting))
    .execute();
  return rows.map(({ run_id }) => run_id);
}

function selectStages(tx: Tx, runIds: readonly number[]) {
  return tx.db
    .selectFrom('stage')
    .innerJoin('run', 'run.id', 'stage.run_id')
    .select(['run.id as runId', 'run.pipeline_id as pipelineId', 'run.counter as runCounter', 'run.label'])
    .select(['run.status as runStatus', 'run.started_by as startedBy', 'run.person', 'run.overridden'])
    .select(['stage.id', 'stage.position', 'stage.name', 'stage.counter', 'stage.status', 'stage.waits'])
    .select(['stage.ready_at as readyAt', 'stage.not_before as notBefore', 'stage.expires_at as expiresAt'])
    .select([
      'stage.approved_at as approvedAt',
      'stage.started_at as startedAt',
      'stage.cancel_at as cancelAt',
    ])
    .select('stage.held_at as heldAt')
    .where('stage.run_id', 'in', runIds)
    .where('stage.latest', '=', 1)
    .orderBy('stage.run_id')
    .orderBy('stage.position');
}

type StageRow = Awaited<ReturnType<ReturnType<typeof selectStages>['executeTakeFirstOrThrow']>>;

function toRun(row: StageRow | undefined, id: number) {
  if (!row) throw new Error(`the run ${id} has no stage`);
  const { runCounter: counter, label, runStatus: status, startedBy, person, overridden } = row;
  return { id, counter, label, status, startedBy, person, overridden: overridden === 1 };
}

function toStage(
  row: StageRow,
  words: StageSituation['words'],
  jobs: readonly JobSituation[],
): StageSituation {
  const { id, position, name, counter, status, waits, readyAt, notBefore, expiresAt, approvedAt, startedAt } =
    row;
  const times = {
    readyAt,
    notBefore,
    expiresAt,
    approvedAt,
    startedAt,
    cancelAt: row.cancelAt,
    heldAt: row.heldAt,
  };
  return { id, position, name, counter, status, waits, words, jobs, ...times };
}

/** The jobs of the newest attempts at the stages of some runs, by stage. */
async function readJobs(
  tx: Tx,
  runIds: readonly number[],
): Promise<ReadonlyMap<number, readonly JobSituation[]>> {
  if (runIds.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('stage')
    .innerJoin('job', 'job.stage_id', 'stage.id')
    .leftJoin('attempt', (join) =>
      join.onRef('attempt.job_id', '=', 'job.id').on('attempt.state', '=', 'due'),
    )
    .select(['job.stage_id as stageId', 'job.id', 'job.status', 'attempt.id as dueId'])
    .select(['job.started_at as startedAt', 'job.original_id as originalId'])
    .where('stage.run_id', 'in', runIds)
    .where('stage.latest', '=', 1)
    .orderBy('job.id')
    .execute();
  return groupRows(
    rows,
    ({ stageId }) => stageId,
    ({ id, status, dueId, startedAt, originalId }) => {
      return { id, status, isDue: dueId !== null, hasBegun: startedAt !== null && originalId === null };
    },
  );
}
