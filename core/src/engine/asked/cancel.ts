import { because, type Refusal } from '../../domain/reason.ts';
import { isOver } from '../../domain/status.ts';
import { type Draft, type DraftStage, placeOf } from '../draft/draft.ts';
import type { Asked } from '../happening.ts';
import { endStage } from '../stages/end.ts';
import { endWaiting } from '../stages/end-waiting.ts';
import { judgeCancel } from './judge-cancel.ts';
import { atHand, isToCome } from './stage-at-hand.ts';

/**
 * Cancels a stage: one that waits ends at once, and its run with it; of one that runs the jobs are ended, and
 * then the stage.
 */
export function cancelStage(draft: Draft, stage: DraftStage, { actor, comment }: Asked): Refusal | undefined {
  const refusal = judgeCancel(atHand(draft, stage));
  if (refusal) return refusal;
  const reason = because('cancelled', { ...placeOf(stage), by: actor.name, comment: comment ?? null });
  if (isToCome(stage)) {
    endWaiting(draft, stage, { outcome: 'refused', reason });
    return undefined;
  }
  draft.decide(stage.run.pipeline, { outcome: 'refused', reason, runId: stage.run.id });
  stage.cancelAt = draft.now;
  draft.add({ kind: 'stage cancelling', id: stage.id });
  // A job that is to be tried again after doubt counts as running, though nobody does it.
  const goesOn = stage.jobs.some(({ status, isDue }) => !isOver(status) && status !== 'pending' && !isDue);
  if (!goesOn) endStage(draft, stage, 'cancelled');
  return undefined;
}
