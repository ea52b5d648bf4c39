import { patchPipeline, readLockHolder } from '../../store/pipelines.ts';
import { readRunState, setRunStatus } from '../../store/runs.ts';
import type { Status } from '../../store/schema.ts';
import { readRunStages } from '../../store/stage-attempts.ts';
import type { Tx } from '../../store/store.ts';
import type { Move } from '../changes.ts';
import { foldStatus } from './fold-status.ts';

const ends: ReadonlySet<Status> = new Set(['passed', 'failed', 'cancelled']);

/** Gives a run the status that its stages make, and gives the pipeline's lock back where it ends. */
export async function settleRun(tx: Tx, { pipeline, definition, now, changes }: Move, runId: number): Promise<void> {
  const run = await readRunState(tx, runId);
  const status = foldStatus(await readRunStages(tx, runId));
  if (status === run.status) return;
  await setRunStatus(tx, runId, status, now);
  changes.addRun({ pipeline: pipeline.name, counter: run.counter, status }, run.label);
  const keepsLock = definition?.lock === 'onFailure' && status === 'failed';
  if (ends.has(status) && !keepsLock) await releaseLock(tx, pipeline.id, runId);
}

async function releaseLock(tx: Tx, pipelineId: number, runId: number): Promise<void> {
  if ((await readLockHolder(tx, pipelineId)) === runId) await patchPipeline(tx, pipelineId, { lockedBy: null });
}
