import { insertApproval } from '../../store/approvals.ts';
import { cancelPendingJobs } from '../../store/cancel-stages.ts';
import { insertStageAttempt, type RunStage } from '../../store/stage-attempts.ts';
import { endStages, readJobStatuses } from '../../store/stages.ts';
import type { Tx } from '../../store/store.ts';
import type { Refusal } from '../refusal.ts';
import type { StartOptions } from '../start-runs.ts';
import { type Acted, actOnStage } from './act-on-stage.ts';
import { atHand, type FoundStage, type StageRequest } from './find-stage.ts';
import { couldLetIn, judgeRerun, judgeRerunOfFailed } from './judge-rerun.ts';
import { aboutRun, reachStages } from './reach-stage.ts';
import { settleRun } from './settle-run.ts';
import { findApproval } from './stage-at-hand.ts';

/** What is to be done again. */
export interface RerunRequest extends StageRequest {
  /** Whether jobs that passed stay as they are. */
  readonly failedJobsOnly: boolean;
}

/** What came of it, and whether it counts as the approval of whoever asked. */
export type Rerun = Acted & { readonly isApproval: boolean };

/**
 * Runs a stage again, as its next attempt, with the same revisions. Where people are asked before it is entered, they are asked anew,
 * unless the word of whoever asks would be enough: then it is recorded as their approval. A pause keeps it out in any case. What waits in
 * later stages waits no more: it follows when this attempt has passed.
 */
export async function rerunStage(tx: Tx, request: RerunRequest, options: StartOptions): Promise<Rerun> {
  let isApproval = false;
  const acted = await actOnStage(tx, request, options, async (found) => {
    const refusal = request.failedJobsOnly ? await judgeFailed(tx, found) : judgeRerun(atHand(found));
    if (refusal) return refusal;
    const { move, run, stage, stages } = found;
    await withdrawLater(tx, found, stages);
    const attempt = { ...stage, runId: run.id, pipelineId: move.pipeline.id };
    const id = await insertStageAttempt(tx, attempt, { keepPassed: request.failedJobsOnly });
    await reachStages(tx, [{ move, run, stage: { ...stage, id, counter: stage.counter + 1 } }]);
    isApproval = await approveByAsking(tx, found, request, id);
    sayAgain(found, request, isApproval);
    await settleRun(tx, move, run.id);
    return undefined;
  });
  return { ...acted, isApproval };
}

async function judgeFailed(tx: Tx, found: FoundStage): Promise<Refusal | undefined> {
  const { id } = found.stage;
  return judgeRerunOfFailed(atHand(found), (await readJobStatuses(tx, [id])).get(id) ?? []);
}

/** Records that whoever asks approves the new attempt, where nobody else has to; answers whether they do. */
async function approveByAsking(tx: Tx, found: FoundStage, { actor, comment }: RerunRequest, stageId: number): Promise<boolean> {
  const { move, stage } = found;
  if (findApproval(move.definition, stage.name)?.type !== 'manual' || !couldLetIn(actor, atHand(found))) return false;
  const { person, name } = actor;
  return insertApproval(tx, { stageId, person, name, verdict: 'approved', comment: comment ?? null, at: move.now });
}

function sayAgain(found: FoundStage, { actor, comment, failedJobsOnly }: RerunRequest, isApproval: boolean): void {
  const { move, run, stage } = found;
  const what = failedJobsOnly ? `the failed jobs of ${stage.name}` : stage.name;
  const isAsked = !couldLetIn(actor, atHand(found));
  const how = isApproval ? ', and so approved it' : isAsked ? ', which asks for approval anew' : '';
  const reason = `${actor.name} had run ${run.counter} do ${what} again${how}${comment ? `: ${comment}` : ''}`;
  const outcome = isAsked ? 'waits' : 'started';
  move.changes.addDecision({ ...aboutRun(move.pipeline.id, run.id, move.now), outcome, reason });
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
