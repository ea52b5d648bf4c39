import { foldStatus, isOver } from '../../domain/status.ts';
import { type Draft, type DraftRun, nameRun } from '../draft/draft.ts';
import { leaveDeployments } from '../occupancy/occupy.ts';

/** Gives a run the status that its stages make, and gives the pipeline's lock back where it ends. */
export function settleRun(draft: Draft, run: DraftRun): void {
  const status = foldStatus(run.stages);
  if (status === run.status) return;
  run.status = status;
  draft.add({ kind: 'run status', run: nameRun(run), status });
  if (isOver(status)) leaveDeployments(draft, run);
  const { pipeline } = run;
  const keepsLock = pipeline.definition?.lock === 'onFailure' && status === 'failed';
  if (isOver(status) && pipeline.lockedBy === run.id && !keepsLock)
    draft.change(pipeline, { lockedBy: null });
}
