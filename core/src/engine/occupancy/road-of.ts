import type { NewStay } from '../../store/effects/effect.ts';
import type { DraftStage } from '../draft/draft.ts';

/** What brought a run into a stage, and who: those who approved it, or whoever triggered the run. */
export function roadOf({
  run,
  position,
  counter,
  words,
}: DraftStage): Pick<NewStay, 'road' | 'person' | 'comment'> {
  const approving = words.filter(({ verdict }) => verdict === 'approved');
  const by = approving.length > 0 ? approving.map(({ person }) => person).join(', ') : run.person;
  const comment = approving.flatMap((word) => word.comment ?? []).at(-1) ?? null;
  if (counter > 1) return { road: 'rerun', person: by, comment };
  if (approving.length > 0) return { road: 'approval', person: by, comment };
  if (position > 0) return { road: 'pass', person: by, comment };
  return { road: run.startedBy === 'person' ? 'hand' : 'trigger', person: by, comment };
}
