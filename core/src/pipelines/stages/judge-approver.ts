import type { PipelineAccess } from '../../config/access.ts';
import type { ManualApproval } from '../../config/config.ts';
import type { Actor } from '../actor.ts';
import { mayApprove } from '../rights.ts';

/** Which approval, of a run that somebody may have triggered, in a pipeline with lists of its own. */
export interface ApprovalInQuestion {
  readonly approval: Pick<ManualApproval, 'by' | 'notSelf'>;
  readonly access: PipelineAccess;
  /** The person who triggered the run. */
  readonly triggeredBy: string | null;
}

/** Why somebody may not approve or reject; undefined where they may. Pure. `notSelf` holds for admins too. */
export function judgeApprover(
  actor: Actor,
  { approval: { by, notSelf }, access, triggeredBy }: ApprovalInQuestion,
): string | undefined {
  if (notSelf && triggeredBy === actor.person) return `${actor.person} triggered the run, and notSelf asks for somebody else`;
  if (mayApprove(actor, access, by)) return undefined;
  const named = [...by, ...(access.approve ?? [])];
  const who = named.length === 0 ? 'whoever may operate the pipeline' : named.join(', ');
  return `${actor.name} is none of those who may approve: ${who}`;
}
