import { because, type Refusal } from '../../domain/reason.ts';
import { isToCome, placeAtHand, type StageAtHand } from './stage-at-hand.ts';

/** What stands against cancelling a stage; undefined where nothing does. */
export function judgeCancel(at: StageAtHand): Refusal | undefined {
  const { status, cancelAt } = at.stage;
  if (isToCome(at.stage) || (status === 'running' && cancelAt === null)) return undefined;
  return because('nothing-to-cancel', {
    ...placeAtHand(at),
    status: cancelAt === null ? status : 'being cancelled',
  });
}
