import type { ApprovalConfig } from '../../config/config.ts';
import type { Approval } from '../../store/approvals.ts';
import { listActorsOf } from '../actor.ts';
import type { Move } from '../changes.ts';
import { judgeApprover } from './judge-approver.ts';

/** What people said of a run that is to enter a stage, by whether it still counts. */
export interface WeighedWords {
  readonly counting: readonly Approval[];
  /** Whoever gave them could not give them now: they are not named any more, or their tokens are gone. */
  readonly lapsed: readonly Approval[];
  /** How many persons must approve. */
  readonly required: number;
  readonly isEnough: boolean;
}

/** An approval in force, and the person who triggered the run. */
export interface Weighing {
  readonly approval: ApprovalConfig;
  readonly triggeredBy: string | null;
}

/** Weighs approvals by the configuration in force. Pure. One counts only while the person who gave it could still give it. */
export function weighWords(
  words: readonly Approval[],
  { definition, access, now }: Pick<Move, 'definition' | 'access' | 'now'>,
  { approval, triggeredBy }: Weighing,
): WeighedWords {
  if (approval.type === 'auto') return { counting: [], lapsed: [], required: 0, isEnough: true };
  const { required } = approval;
  const lists = definition?.access;
  const isCounting = ({ person }: Approval) =>
    lists !== undefined &&
    listActorsOf(person, access, now).some((actor) => !judgeApprover(actor, { approval, access: lists, triggeredBy }));
  const approving = words.filter(({ verdict }) => verdict === 'approved');
  const counting = approving.filter(isCounting);
  const lapsed = approving.filter((word) => !counting.includes(word));
  return { counting, lapsed, required, isEnough: counting.length >= required };
}
