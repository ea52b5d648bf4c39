import { type Alarm, readAlarmsOfRuns } from './alarms.ts';
import { type Approval, readApprovals } from './approvals.ts';
import { stageIsWaiting } from './index-conditions.ts';
import type { Tx } from './store.ts';

/** A run that waits for people to let it into a stage. */
export interface WaitingStage {
  readonly pipeline: string;
  readonly counter: number;
  readonly label: string;
  readonly stage: string;
  readonly stageCounter: number;
  /** Who triggered the run, where a person did. */
  readonly person: string | null;
  /** What is wrong by now with the revisions behind the run. */
  readonly alarms: readonly Alarm[];
  /** What people have said so far. */
  readonly approvals: readonly Approval[];
  /** Milliseconds; since when. */
  readonly readyAt: number | null;
  /** Milliseconds; when its approval expires, where it does. */
  readonly expiresAt: number | null;
}

/** Which of what waits: in these pipelines, in all where none are named; at most `limit`. */
interface WaitingRequest {
  readonly pipelines?: readonly string[] | undefined;
  readonly limit: number;
}

/** What waits for approval in the pipelines of the configuration, longest first. */
export async function listWaitingStages(
  tx: Tx,
  { pipelines, limit }: WaitingRequest,
): Promise<readonly WaitingStage[]> {
  const rows = await tx.db
    .selectFrom('stage')
    .innerJoin('run', 'run.id', 'stage.run_id')
    .innerJoin('pipeline', 'pipeline.id', 'run.pipeline_id')
    .select(['pipeline.name as pipeline', 'run.id as runId', 'run.counter', 'run.label', 'run.person'])
    .select([
      'stage.id',
      'stage.name as stage',
      'stage.counter as stageCounter',
      'stage.ready_at as readyAt',
      'stage.expires_at as expiresAt',
    ])
    .where(stageIsWaiting)
    .where('pipeline.active', '=', 1)
    .$if(pipelines !== undefined, (query) => query.where('pipeline.name', 'in', [...(pipelines ?? []), '']))
    // By a sum, so that SQLite does not walk all stages in their order.
    .orderBy((e) => e('stage.id', '+', 0))
    .limit(limit)
    .execute();
  const approvals = Map.groupBy(
    await readApprovals(
      tx,
      rows.map(({ id }) => id),
    ),
    ({ stageId }) => stageId,
  );
  const alarms = await readAlarmsOfRuns(tx, [...new Set(rows.map(({ runId }) => runId))]);
  return rows.map(({ id, runId, ...row }) => ({
    ...row,
    alarms: alarms.get(runId) ?? [],
    approvals: approvals.get(id) ?? [],
  }));
}
