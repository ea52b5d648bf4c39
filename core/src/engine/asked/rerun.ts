import { because, type Refusal } from '../../domain/reason.ts';
import { isOver } from '../../domain/status.ts';
import { type Draft, type DraftStage, placeOf } from '../draft/draft.ts';
import type { Asked } from '../happening.ts';
import { addAttempt } from '../stages/again.ts';
import { reachStage } from '../stages/reach.ts';
import { settleRun } from '../stages/settle.ts';
import { addWord } from './approve.ts';
import { couldLetIn, judgeRerun, judgeRerunOfFailed } from './judge-rerun.ts';
import { atHand, findApproval } from './stage-at-hand.ts';

/**
 * Runs a stage again, as its next attempt, with the same revisions. Where people are asked before it is
 * entered, they are asked anew, unless the word of whoever asks would be enough: then it is recorded as their
 * approval. A pause keeps it out in any case. What waits in later stages waits no more: it follows when this
 * attempt has passed.
 */
export function rerunStage(
  draft: Draft,
  stage: DraftStage,
  asked: Asked,
  { failedJobsOnly }: { readonly failedJobsOnly: boolean },
): Refusal | undefined {
  const at = atHand(draft, stage);
  const jobs = stage.jobs.map(({ status }) => status);
  const refusal = failedJobsOnly ? judgeRerunOfFailed(at, jobs) : judgeRerun(at);
  if (refusal) return refusal;
  const { run } = stage;
  const { actor, comment } = asked;
  const isAsked = !couldLetIn(actor, at);
  const isManual = findApproval(run.pipeline.definition, stage.name)?.type === 'manual';
  withdrawLater(draft, stage);
  const again = addAttempt(draft, stage, { keepPassed: failedJobsOnly });
  reachStage(draft, again);
  if (isManual && !isAsked) addWord(draft, again, { actor, comment, verdict: 'approved' });
  const approval = isAsked ? 'asked' : isManual ? 'given' : 'none';
  const by = { by: actor.name, comment: comment ?? null };
  const reason = because('rerun', { ...placeOf(stage), ...by, failedJobsOnly, approval });
  draft.decide(run.pipeline, { outcome: isAsked ? 'waits' : 'started', reason, runId: run.id });
  settleRun(draft, run);
  return undefined;
}

function withdrawLater(draft: Draft, { run, position }: DraftStage): void {
  const later = run.stages.filter(
    (one) => one.position > position && one.readyAt !== null && !isOver(one.status),
  );
  if (later.length === 0) return;
  draft.add({ kind: 'stages dropped', ids: later.map(({ id }) => id) });
  for (const one of later) {
    one.status = 'cancelled';
    addAttempt(draft, one, { keepPassed: false });
  }
}
