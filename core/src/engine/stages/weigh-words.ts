import type { ApprovalConfig } from '../../config/config.ts';
import type { Word } from '../../store/situations/situation.ts';
import { listActorsOf } from '../actor.ts';
import { judgeApprover } from '../asked/judge-approver.ts';
import type { DraftStage } from '../draft/draft.ts';
import type { InForce } from '../in-force.ts';

/** What people said of a run that is to enter a stage, by whether it still counts. */
export interface WeighedWords {
  readonly counting: readonly Word[];
  /** Whoever gave them could not give them now: they are not named any more, or their tokens are gone. */
  readonly lapsed: readonly Word[];
  readonly isEnough: boolean;
}

/**
 * Weighs approvals by the configuration in force: one counts only while the person who gave it could still
 * give it.
 */
export function weighWords(
  stage: DraftStage,
  approval: ApprovalConfig,
  { config: { access }, now }: Pick<InForce, 'config' | 'now'>,
): WeighedWords {
  if (approval.type === 'auto') return { counting: [], lapsed: [], isEnough: true };
  const { person: triggeredBy, pipeline } = stage.run;
  const lists = pipeline.definition?.access;
  const counts = ({ person }: Word) =>
    lists !== undefined &&
    listActorsOf(person, access, now).some(
      (actor) => !judgeApprover(actor, { approval, access: lists, triggeredBy }),
    );
  const approving = stage.words.filter(({ verdict }) => verdict === 'approved');
  const counting = approving.filter(counts);
  const lapsed = approving.filter((word) => !counting.includes(word));
  return { counting, lapsed, isEnough: counting.length >= approval.required };
}
