import { cancelPendingJobs } from '../../store/cancel-stages.ts';
import { insertStageAttempt, type RunStage } from '../../store/stage-attempts.ts';
import { endStages, readJobStatuses } from '../../store/stages.ts';
import type { Tx } from '../../store/store.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { StartOptions } from '../start-runs.ts';
import { type Acted, actOnStage } from './act-on-stage.ts';
import type { FoundStage, StageRequest } from './find-stage.ts';
import { aboutRun, reachStages } from './reach-stage.ts';
import { settleRun } from './settle-run.ts';

/** What is to be done again. */
export interface RerunRequest extends StageRequest {
  /** Whether jobs that passed stay as they are. */
  readonly failedJobsOnly: boolean;
}

/**
 * Runs a stage again, as its next attempt, with the same revisions. An approval that let the run in before stands; one that never came
 * is asked for again. What waits in later stages waits no more: it follows when this attempt has passed.
 */
export function rerunStage(tx: Tx, request: RerunRequest, options: StartOptions): Promise<Acted> {
  return actOnStage(tx, request, options, async (found) => {
    const refusal = findObstacle(found) ?? (request.failedJobsOnly ? await findNothingFailed(tx, found) : undefined);
    if (refusal) return refusal;
    const { move, run, stage, stages } = found;
    await withdrawLater(tx, found, stages);
    const attempt = { ...stage, runId: run.id, pipelineId: move.pipeline.id };
    const id = await insertStageAttempt(tx, attempt, { keepPassed: request.failedJobsOnly });
    const next = { ...stage, id, counter: stage.counter + 1 };
    await reachStages(tx, [{ move, run, stage: next, isApproved: stage.startedAt !== null }]);
    const what = request.failedJobsOnly ? `the failed jobs of ${stage.name}` : stage.name;
    const reason = `${request.actor.name} had run ${run.counter} do ${what} again${request.comment ? `: ${request.comment}` : ''}`;
    move.changes.addDecision({ ...aboutRun(move.pipeline.id, run.id, move.now), outcome: 'started', reason });
    await settleRun(tx, move, run.id);
    return undefined;
  });
}

function findObstacle({ move, run, stage, stages }: FoundStage): Refusal | undefined {
  const where = `${stage.name} of ${move.pipeline.name} ${run.counter}`;
  const busy = stages.find(({ status }) => status === 'running');
  if (busy) return refuse('STAGE_MOVED_ON', `${busy.name} is running; cancel it, or wait for its end`);
  if (stage.status === 'waiting' || stage.status === 'pending') {
    return refuse('STAGE_MOVED_ON', `${where} has not been done yet: it is ${stage.status}`);
  }
  const before = stages.filter(({ position, status }) => position < stage.position && status !== 'passed');
  const mayFollowFailure = stage.approval.type === 'manual' && stage.approval.evenAfterFailure;
  const first = mayFollowFailure ? before.find(({ readyAt, status }) => readyAt !== null && !isOver(status)) : before[0];
  if (first)
    return refuse('NOTHING_TO_DO', `${first.name} has to ${mayFollowFailure ? 'end' : 'pass'} first: it is ${first.status}`);
  return undefined;
}

function isOver(status: RunStage['status']): boolean {
  return status === 'passed' || status === 'failed' || status === 'cancelled';
}

async function findNothingFailed(tx: Tx, { stage }: FoundStage): Promise<Refusal | undefined> {
  return ((await readJobStatuses(tx, [stage.id])).get(stage.id) ?? []).every((status) => status === 'passed')
    ? refuse('NOTHING_TO_DO', `no job of ${stage.name} failed; run the whole stage again`)
    : undefined;
}

async function withdrawLater(tx: Tx, { move, run, stage }: FoundStage, stages: readonly RunStage[]): Promise<void> {
  const later = stages.filter(
    ({ position, status, readyAt }) =>
      position > stage.position && readyAt !== null && (status === 'waiting' || status === 'pending'),
  );
  const ids = later.map(({ id }) => id);
  await endStages(tx, ids, 'cancelled', move.now);
  await cancelPendingJobs(tx, ids, move.now);
  for (const one of later) {
    await insertStageAttempt(tx, { ...one, runId: run.id, pipelineId: move.pipeline.id }, { keepPassed: false });
  }
}
