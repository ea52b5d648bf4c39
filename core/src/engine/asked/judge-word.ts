import { because, type Refusal } from '../../domain/reason.ts';
import type { Actor } from '../actor.ts';
import { judgeApprover } from './judge-approver.ts';
import { findApproval, isToCome, placeAtHand, type StageAtHand } from './stage-at-hand.ts';

/**
 * What stands against somebody's approving or rejecting a run that waits to enter a stage, of which others
 * may have said something already; undefined where nothing does. Who may say something is a matter of the
 * configuration in force.
 */
export function judgeWord(
  actor: Actor,
  at: StageAtHand,
  given: readonly { readonly person: string }[],
): Refusal | undefined {
  const { definition, stage, run, now } = at;
  const place = placeAtHand(at);
  const approval = findApproval(definition, stage.name);
  if (!isToCome(stage)) return because('stage-not-waiting', { ...place, status: stage.status });
  if (!definition || !approval) return because('stage-gone', place);
  if (stage.status !== 'waiting') return because('stage-not-waiting', { ...place, status: stage.status });
  if (approval.type === 'auto') return because('asks-nobody', place);
  if (stage.expiresAt !== null && stage.expiresAt <= now) {
    return because('approval-expired', { ...place, at: stage.expiresAt });
  }
  const refusal = judgeApprover(actor, { approval, access: definition.access, triggeredBy: run.person });
  if (refusal || !given.some(({ person }) => person === actor.person)) return refusal;
  return because('approved-already', { ...place, by: actor.person });
}
