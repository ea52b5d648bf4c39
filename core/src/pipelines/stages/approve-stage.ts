import { insertApproval, readApprovals } from '../../store/approvals.ts';
import type { Tx } from '../../store/store.ts';
import type { Refusal } from '../refusal.ts';
import type { StartOptions } from '../start-runs.ts';
import { type Acted, actOnStage } from './act-on-stage.ts';
import { endWaiting } from './end-waiting.ts';
import { atHand, type FoundStage, type StageRequest } from './find-stage.ts';
import { judgeWord } from './judge-word.ts';
import { letIn } from './let-in.ts';
import { aboutRun } from './reach-stage.ts';
import { findApproval } from './stage-at-hand.ts';
import { weighWords } from './weigh-words.ts';

/** Records somebody's approval of a run that waits to enter a stage; once enough persons have given theirs, its turn can come. */
export function approveStage(tx: Tx, request: StageRequest, options: StartOptions): Promise<Acted> {
  return actOnStage(tx, request, options, async (found) => {
    const refusal = await giveWord(tx, found, request, 'approved');
    if (refusal) return refusal;
    const who = describeWord(request, `approved run ${found.run.counter} for ${found.stage.name}`);
    await letInIfEnough(tx, found, who);
    return undefined;
  });
}

async function letInIfEnough(tx: Tx, { move, run, stage }: FoundStage, who: string): Promise<void> {
  const approval = findApproval(move.definition, stage.name);
  const words = await readApprovals(tx, [stage.id]);
  const weighed = approval && weighWords(words, move, { approval, triggeredBy: run.person });
  if (!weighed) return;
  if (weighed.isEnough) return letIn(tx, { move, runId: run.id, stage }, who);
  const reason = `${who}; ${weighed.counting.length} of ${weighed.required} persons have`;
  move.changes.addDecision({ ...aboutRun(move.pipeline.id, run.id, move.now), outcome: 'waits', reason });
}

/** Records that somebody rejects a run that waits to enter a stage, and why: the run ends there. */
export function rejectStage(tx: Tx, request: StageRequest & { readonly comment: string }, options: StartOptions): Promise<Acted> {
  return actOnStage(tx, request, options, async (found) => {
    const refusal = await giveWord(tx, found, request, 'rejected');
    if (refusal) return refusal;
    const { move, run, stage } = found;
    const waiting = { ...stage, runId: run.id, counter: run.counter, label: run.label, stageCounter: stage.counter };
    const reason = describeWord(request, `rejected run ${run.counter} for ${stage.name}`);
    await endWaiting(tx, move, waiting, { outcome: 'refused', reason });
    return undefined;
  });
}

async function giveWord(
  tx: Tx,
  found: FoundStage,
  { actor, comment }: StageRequest,
  verdict: 'approved' | 'rejected',
): Promise<Refusal | undefined> {
  const { move, run, stage } = found;
  const refusal = judgeWord(actor, atHand(found), await readApprovals(tx, [stage.id]));
  if (refusal?.code === 'NOT_ALLOWED') {
    const about = aboutRun(move.pipeline.id, run.id, move.now);
    move.changes.addDecision({ ...about, outcome: 'refused', reason: refusal.message });
  }
  if (refusal) return refusal;
  const word = { stageId: stage.id, person: actor.person, name: actor.name, verdict, comment: comment ?? null, at: move.now };
  await insertApproval(tx, word);
  return undefined;
}

function describeWord({ actor, comment }: StageRequest, what: string): string {
  return comment === undefined ? `${actor.name} ${what}` : `${actor.name} ${what}: ${comment}`;
}
