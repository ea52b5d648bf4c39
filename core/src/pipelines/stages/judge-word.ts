import type { Approval } from '../../store/approvals.ts';
import type { Actor } from '../actor.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { judgeApprover } from './judge-approver.ts';
import { isToCome } from './judge-cancel.ts';
import { findApproval, nameStage, refuseChanged, type StageAtHand } from './stage-at-hand.ts';

/**
 * What stands against somebody's approving or rejecting a run that waits to enter a stage, of which others may have said something
 * already; undefined where nothing does. Pure. Who may say something is a matter of the configuration in force.
 */
export function judgeWord(actor: Actor, at: StageAtHand, given: readonly Pick<Approval, 'person'>[]): Refusal | undefined {
  const { definition, stage, run, now } = at;
  const approval = findApproval(definition, stage.name);
  const where = nameStage(at);
  if (!isToCome(stage)) return refuse('STAGE_MOVED_ON', `${where} does not wait for approval: it is ${stage.status}`);
  if (!definition || !approval) return refuseChanged(at);
  if (stage.status !== 'waiting') return refuse('STAGE_MOVED_ON', `${where} does not wait for approval: it is ${stage.status}`);
  if (approval.type === 'auto') return refuse('STAGE_MOVED_ON', `${where} asks nobody any more`);
  if (stage.expiresAt !== null && stage.expiresAt <= now) {
    return refuse('STAGE_MOVED_ON', `${where} was to be approved by ${new Date(stage.expiresAt).toISOString()}, and was not`);
  }
  const objection = judgeApprover(actor, { approval, access: definition.access, triggeredBy: run.person });
  if (objection) return refuse('NOT_ALLOWED', objection);
  if (!given.some(({ person }) => person === actor.person)) return undefined;
  return refuse('NOTHING_TO_DO', `${actor.person} has approved ${where} already, and persons are counted once`);
}
