import { insertApproval, readApprovals } from '../../store/approvals.ts';
import { markApproved } from '../../store/stages.ts';
import type { Tx } from '../../store/store.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { StartOptions } from '../start-runs.ts';
import { type Acted, actOnStage } from './act-on-stage.ts';
import { endWaiting } from './end-waiting.ts';
import type { FoundStage, StageRequest } from './find-stage.ts';
import { judgeApprover } from './judge-approver.ts';
import { aboutRun } from './reach-stage.ts';
import { settleRun } from './settle-run.ts';

/** Records somebody's approval of a run that waits to enter a stage; once enough persons have given theirs, its turn can come. */
export function approveStage(tx: Tx, request: StageRequest, options: StartOptions): Promise<Acted> {
  return actOnStage(tx, request, options, async (found) => {
    const refusal = await giveWord(tx, found, request, 'approved');
    if (refusal) return refusal;
    const { move, run, stage } = found;
    const { approval } = stage;
    const required = approval.type === 'manual' ? approval.required : 0;
    const given = (await readApprovals(tx, [stage.id])).filter(({ verdict }) => verdict === 'approved').length;
    const about = aboutRun(move.pipeline.id, run.id, move.now);
    const who = `${describeWord(request, `approved run ${run.counter} for ${stage.name}`)}`;
    if (given < required) {
      move.changes.addDecision({ ...about, outcome: 'waits', reason: `${who}; ${given} of ${required} persons have` });
      return undefined;
    }
    await markApproved(tx, stage.id, move.now);
    move.changes.addDecision({ ...about, outcome: 'started', reason: who });
    await settleRun(tx, move, run.id);
    return undefined;
  });
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

/** Of a pipeline that the configuration does not have any more. */
const nobodyNamed = { view: [], operate: [], approve: [] };

async function giveWord(
  tx: Tx,
  { move, run, stage }: FoundStage,
  { actor, comment }: StageRequest,
  verdict: 'approved' | 'rejected',
): Promise<Refusal | undefined> {
  const { approval } = stage;
  const where = `${stage.name} of ${move.pipeline.name} ${run.counter}`;
  if (stage.status !== 'waiting' || approval.type !== 'manual') {
    return refuse('STAGE_MOVED_ON', `${where} does not wait for approval: it is ${stage.status}`);
  }
  if (stage.expiresAt !== null && stage.expiresAt <= move.now) {
    return refuse('STAGE_MOVED_ON', `${where} was to be approved by ${new Date(stage.expiresAt).toISOString()}, and was not`);
  }
  const access = move.definition?.access ?? nobodyNamed;
  const objection = judgeApprover(actor, { approval, access, triggeredBy: run.person });
  if (objection) {
    move.changes.addDecision({ ...aboutRun(move.pipeline.id, run.id, move.now), outcome: 'refused', reason: objection });
    return refuse('NOT_ALLOWED', objection);
  }
  const word = { stageId: stage.id, person: actor.person, name: actor.name, verdict, comment: comment ?? null, at: move.now };
  if (await insertApproval(tx, word)) return undefined;
  return refuse('NOTHING_TO_DO', `${actor.person} has approved ${where} already, and persons are counted once`);
}

function describeWord({ actor, comment }: StageRequest, what: string): string {
  return comment === undefined ? `${actor.name} ${what}` : `${actor.name} ${what}: ${comment}`;
}
