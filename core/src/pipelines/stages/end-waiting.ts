import { cancelPendingStages } from '../../store/cancel-stages.ts';
import type { NewDecision } from '../../store/decisions.ts';
import type { Tx } from '../../store/store.ts';
import type { Move } from '../changes.ts';
import { aboutRun } from './reach-stage.ts';
import { settleRun } from './settle-run.ts';

/** A stage that a run waits to enter. */
interface WaitingStage {
  readonly runId: number;
  readonly counter: number;
  readonly label: string;
  readonly name: string;
  readonly stageCounter: number;
}

/** Ends a run that waits to enter a stage: what is still to come of it is cancelled, with a decision that says why. */
export async function endWaiting(
  tx: Tx,
  move: Move,
  { runId, counter, label, name, stageCounter }: WaitingStage,
  why: Pick<NewDecision, 'outcome' | 'reason'>,
): Promise<void> {
  const { pipeline, now, changes } = move;
  await cancelPendingStages(tx, [runId], now);
  changes.addStage('stage.finished', { pipeline: pipeline.name, counter, label, name, stageCounter, status: 'cancelled' });
  changes.addDecision({ ...aboutRun(pipeline.id, runId, now), ...why });
  await settleRun(tx, move, runId);
}
