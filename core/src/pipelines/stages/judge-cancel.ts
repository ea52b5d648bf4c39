import { type Refusal, refuse } from '../refusal.ts';
import type { StageAtHand, StandingStage } from './stage-at-hand.ts';

/** What stands against cancelling a stage; undefined where nothing does. Pure. */
export function judgeCancel({ run, stage }: Pick<StageAtHand, 'run' | 'stage'>): Refusal | undefined {
  if (isToCome(stage) || (stage.status === 'running' && stage.cancelAt === null)) return undefined;
  const how = stage.cancelAt === null ? stage.status : 'being cancelled';
  return refuse('NOTHING_TO_DO', `${stage.name} of run ${run.counter} is ${how}`);
}

/** Whether a run waits to enter a stage: for approval, or for its turn. */
export function isToCome({ status, readyAt }: StandingStage): boolean {
  return status === 'waiting' || (status === 'pending' && readyAt !== null);
}
