import { patchPipeline, readLockHolder } from '../../store/pipelines.ts';
import { type RunState, readRunState, setRunStatus } from '../../store/runs.ts';
import type { Status } from '../../store/schema.ts';
import { readRunStages } from '../../store/stage-attempts.ts';
import type { Tx } from '../../store/store.ts';
import type { Move } from '../changes.ts';
import { foldStatus } from './fold-status.ts';

const ends: ReadonlySet<Status> = new Set(['passed', 'failed', 'cancelled']);

/** Gives a run the status that its stages make, and gives the pipeline's lock back where it ends. */
export async function settleRun(tx: Tx, move: Move, runId: number): Promise<void> {
  await settleAs(tx, move, await readRunState(tx, runId), foldStatus(await readRunStages(tx, runId)));
}

/** Gives a run, as it stands, the status that its stages make. */
export async function settleAs(
  tx: Tx,
  { pipeline, definition, now, changes }: Move,
  run: Pick<RunState, 'id' | 'counter' | 'label' | 'status'>,
  status: Status,
): Promise<void> {
  if (status === run.status) return;
  await setRunStatus(tx, run.id, status, now);
  changes.addRun({ pipeline: pipeline.name, counter: run.counter, status }, run.label);
  const keepsLock = definition?.lock === 'onFailure' && status === 'failed';
  const mayBeLocked = pipeline.lockedBy !== null || (definition?.lock ?? 'none') !== 'none';
  if (ends.has(status) && mayBeLocked && !keepsLock) await releaseLock(tx, pipeline.id, run.id);
}

async function releaseLock(tx: Tx, pipelineId: number, runId: number): Promise<void> {
  if ((await readLockHolder(tx, pipelineId)) === runId) await patchPipeline(tx, pipelineId, { lockedBy: null });
}
