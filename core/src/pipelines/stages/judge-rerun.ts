import type { Status } from '../../store/schema.ts';
import type { Actor } from '../actor.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { judgeApprover } from './judge-approver.ts';
import { findApproval, nameStage, refuseChanged, type StageAtHand } from './stage-at-hand.ts';

/** What stands against doing a stage again; undefined where nothing does. Pure. */
export function judgeRerun(at: StageAtHand): Refusal | undefined {
  const { definition, stage, stages } = at;
  const approval = findApproval(definition, stage.name);
  if (!approval) return refuseChanged(at);
  const busy = stages.find(({ status }) => status === 'running');
  if (busy) return refuse('STAGE_MOVED_ON', `${busy.name} is running; cancel it, or wait for its end`);
  if (!isOver(stage.status)) {
    return refuse('STAGE_MOVED_ON', `${nameStage(at)} has not been done yet: it is ${stage.status}`);
  }
  const place = stages.findIndex(({ name }) => name === stage.name);
  const before = stages.slice(0, place).filter(({ status }) => status !== 'passed');
  const mayFollowFailure = approval.type === 'manual' && approval.evenAfterFailure;
  const first = mayFollowFailure ? before.find(({ readyAt, status }) => readyAt !== null && !isOver(status)) : before[0];
  if (!first) return undefined;
  return refuse('NOTHING_TO_DO', `${first.name} has to ${mayFollowFailure ? 'end' : 'pass'} first: it is ${first.status}`);
}

/** What stands against doing the failed jobs of a stage again, of whose jobs these are the statuses; undefined where nothing does. Pure. */
export function judgeRerunOfFailed(at: StageAtHand, jobs: readonly Status[]): Refusal | undefined {
  const refusal = judgeRerun(at);
  if (refusal) return refusal;
  return jobs.every((status) => status === 'passed')
    ? refuse('NOTHING_TO_DO', `no job of ${at.stage.name} failed; run the whole stage again`)
    : undefined;
}

/**
 * Whether a stage that somebody has done again is entered without asking anybody else: where nobody is asked, or where their own word
 * would be enough. Pure.
 */
export function couldLetIn(actor: Actor, { definition, stage, run }: StageAtHand): boolean {
  const approval = findApproval(definition, stage.name);
  if (!definition || !approval) return false;
  if (approval.type === 'auto') return true;
  if (approval.required > 1) return false;
  return judgeApprover(actor, { approval, access: definition.access, triggeredBy: run.person }) === undefined;
}

function isOver(status: Status): boolean {
  return status === 'passed' || status === 'failed' || status === 'cancelled';
}
