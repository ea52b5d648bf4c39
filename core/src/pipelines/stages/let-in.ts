import type { RunStage } from '../../store/stage-attempts.ts';
import { markApproved } from '../../store/stages.ts';
import type { Tx } from '../../store/store.ts';
import type { Move } from '../changes.ts';
import { aboutRun } from './reach-stage.ts';
import { settleRun } from './settle-run.ts';

/** A run that waits for approval. */
export interface WaitingRun {
  readonly move: Move;
  readonly runId: number;
  readonly stage: Pick<RunStage, 'id'>;
}

/** Ends a run's waiting for approval: from now on it waits for its turn. */
export async function letIn(tx: Tx, { move, runId, stage }: WaitingRun, reason: string): Promise<void> {
  await markApproved(tx, stage.id, move.now);
  move.changes.addDecision({ ...aboutRun(move.pipeline.id, runId, move.now), outcome: 'started', reason });
  await settleRun(tx, move, runId);
}
