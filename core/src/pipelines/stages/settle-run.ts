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
  const status = foldStatus(await readRunStages(tx, runId));
  await settleAs(tx, [{ move, run: await readRunState(tx, runId), status }]);
}

/** A run as it stands, and the status that its stages make. */
export interface SettlingRun {
  readonly move: Move;
  readonly run: Pick<RunState, 'id' | 'counter' | 'label' | 'status'>;
  readonly status: Status;
}

/** Gives runs the statuses that their stages make, and gives the locks of those that end back. */
export async function settleAs(tx: Tx, settling: readonly SettlingRun[]): Promise<void> {
  const changed = settling.filter(({ run, status }) => status !== run.status);
  for (const [status, some] of Map.groupBy(changed, (one) => one.status)) {
    const ids = some.map(({ run }) => run.id);
    if (some[0]) await setRunStatus(tx, ids, status, some[0].move.now);
  }
  for (const { move, run, status } of changed) {
    const { pipeline, definition, changes } = move;
    changes.addRun({ pipeline: pipeline.name, counter: run.counter, status }, run.label);
    const keepsLock = definition?.lock === 'onFailure' && status === 'failed';
    const mayBeLocked = pipeline.lockedBy !== null || (definition?.lock ?? 'none') !== 'none';
    if (ends.has(status) && mayBeLocked && !keepsLock) await releaseLock(tx, pipeline.id, run.id);
  }
}

async function releaseLock(tx: Tx, pipelineId: number, runId: number): Promise<void> {
  if ((await readLockHolder(tx, pipelineId)) === runId) await patchPipeline(tx, pipelineId, { lockedBy: null });
}
