import type { PipelineAccess } from '../../config/access.ts';
import type { ManualApproval } from '../../config/config.ts';
import { because, type ReasonOf } from '../../domain/reason.ts';
import type { Actor } from '../actor.ts';
import { mayApprove } from '../rights.ts';

/** Which approval, of a run that somebody may have triggered, in a pipeline with lists of its own. */
export interface ApprovalInQuestion {
  readonly approval: Pick<ManualApproval, 'by' | 'notSelf'>;
  readonly access: PipelineAccess;
  /** The person who triggered the run. */
  readonly triggeredBy: string | null;
}

/** Why somebody may not approve or reject; undefined where they may. `notSelf` holds for admins too. */
export function judgeApprover(
  actor: Actor,
  { approval: { by, notSelf }, access, triggeredBy }: ApprovalInQuestion,
): ReasonOf<'not-self' | 'not-approver'> | undefined {
  if (notSelf && triggeredBy === actor.person) return because('not-self', { by: actor.person });
  if (mayApprove(actor, access, by)) return undefined;
  return because('not-approver', { by: actor.name, who: [...by, ...(access.approve ?? [])] });
}
