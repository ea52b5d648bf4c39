import { because, type Refusal } from '../../domain/reason.ts';
import { type Draft, type DraftStage, placeOf } from '../draft/draft.ts';
import type { Asked } from '../happening.ts';
import { letIn } from '../stages/admit.ts';
import { endWaiting } from '../stages/end-waiting.ts';
import { weighWords } from '../stages/weigh-words.ts';
import { judgeWord } from './judge-word.ts';
import { atHand, findApproval } from './stage-at-hand.ts';

/**
 * Records somebody's approval of a run that waits to enter a stage; once enough persons have given theirs,
 * its turn can come.
 */
export function approveStage(draft: Draft, stage: DraftStage, asked: Asked): Refusal | undefined {
  const refusal = giveWord(draft, stage, asked, 'approved');
  if (refusal) return refusal;
  const { run } = stage;
  const word = { ...placeOf(stage), by: asked.actor.name, comment: asked.comment ?? null };
  const approval = findApproval(run.pipeline.definition, stage.name);
  if (approval?.type !== 'manual') return undefined;
  const { counting, isEnough } = weighWords(stage, approval, draft.inForce);
  if (isEnough) letIn(draft, stage, because('approved', word));
  else {
    const reason = because('approved-in-part', {
      ...word,
      given: counting.length,
      required: approval.required,
    });
    draft.decide(run.pipeline, { outcome: 'waits', reason, runId: run.id });
  }
  return undefined;
}

/** Records that somebody rejects a run that waits to enter a stage, and why: the run ends there. */
export function rejectStage(draft: Draft, stage: DraftStage, asked: Asked): Refusal | undefined {
  const refusal = giveWord(draft, stage, asked, 'rejected');
  if (refusal) return refusal;
  const reason = because('rejected', {
    ...placeOf(stage),
    by: asked.actor.name,
    comment: asked.comment ?? null,
  });
  endWaiting(draft, stage, { outcome: 'refused', reason });
  return undefined;
}

function giveWord(
  draft: Draft,
  stage: DraftStage,
  { actor, comment }: Asked,
  verdict: 'approved' | 'rejected',
): Refusal | undefined {
  const refusal = judgeWord(actor, atHand(draft, stage), stage.words);
  if (refusal?.code === 'not-self' || refusal?.code === 'not-approver') {
    draft.decide(stage.run.pipeline, { outcome: 'refused', reason: refusal, runId: stage.run.id });
  }
  if (!refusal) addWord(draft, stage, { actor, comment, verdict });
  return refusal;
}

/** Records somebody's word on a stage. */
export function addWord(
  draft: Draft,
  stage: DraftStage,
  given: Pick<Asked, 'actor' | 'comment'> & { readonly verdict: 'approved' | 'rejected' },
): void {
  const { actor, comment, verdict } = given;
  const { person, name } = actor;
  stage.words = [...stage.words, { person, name, verdict, comment: comment ?? null, at: draft.now }];
  const word = { stageId: stage.id, person, name, verdict, comment: comment ?? null, at: draft.now };
  draft.add({ kind: 'word given', word });
}
