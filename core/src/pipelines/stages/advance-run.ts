import type { ApprovalConfig } from '../../config/config.ts';
import { cancelPendingStages } from '../../store/cancel-stages.ts';
import type { RunState } from '../../store/runs.ts';
import type { Status } from '../../store/schema.ts';
import { insertStageAttempt, type RunStage, readRunStages, resetStage } from '../../store/stage-attempts.ts';
import type { Tx } from '../../store/store.ts';
import type { Move } from '../changes.ts';
import { foldStatus } from './fold-status.ts';
import { reachStages } from './reach-stage.ts';
import { findApproval } from './stage-at-hand.ts';

/** A run one of whose stages has ended. */
export interface AdvancingRun {
  readonly run: RunState;
  readonly from: Pick<RunStage, 'position' | 'status'>;
  /** As they stand after that end, first to last. */
  readonly stages: readonly RunStage[];
}

/**
 * Moves a run on after one of its stages has ended: to the next stage, when the one before has passed or the approval asks people all
 * the same; else, or where the pipeline was removed, what is still to come is cancelled. A later stage that was done before is done
 * again. Answers the status that the run is to have by now.
 */
export async function advanceRun(tx: Tx, move: Move, { run, from, stages }: AdvancingRun): Promise<Status> {
  const next = stages.find(({ position }) => position === from.position + 1);
  if (!next) return foldStatus(stages);
  if (move.pipeline.active && mayFollow(from.status, findApproval(move.definition, next.name))) await comeTo(tx, move, run, next);
  else await cancelPendingStages(tx, [run.id], move.now);
  return foldStatus(await readRunStages(tx, run.id));
}

function mayFollow(status: RunStage['status'], approval: ApprovalConfig | undefined): boolean {
  return status === 'passed' || (status === 'failed' && approval?.type === 'manual' && approval.evenAfterFailure);
}

async function comeTo(tx: Tx, move: Move, run: RunState, next: RunStage): Promise<void> {
  if (next.readyAt === null) {
    if (next.status !== 'pending') await resetStage(tx, next.id);
    await reachStages(tx, [{ move, run, stage: next }]);
    return;
  }
  if (next.status === 'waiting' || next.status === 'pending' || next.status === 'running') return;
  const id = await insertStageAttempt(tx, { ...next, runId: run.id, pipelineId: run.pipelineId }, { keepPassed: false });
  await reachStages(tx, [{ move, run, stage: { ...next, id, counter: next.counter + 1 } }]);
}
