import { because, type ReasonOf } from '../../domain/reason.ts';
import { findApproval } from '../asked/stage-at-hand.ts';
import type { Draft, DraftPipeline } from '../draft/draft.ts';
import { listReady, listStages } from '../stages/admit.ts';

/**
 * What keeps a pipeline from starting a run by itself: a hold of all starts, a pause, its lock, a run in its
 * first stage or waiting for that.
 */
export function findObstacle(
  { hold }: Draft,
  pipeline: DraftPipeline,
): ReasonOf<'hold' | 'paused' | 'locked' | 'busy'> | undefined {
  if (hold) return because('hold', { why: hold.reason });
  if (pipeline.pausedAt !== null) return because('paused', { comment: pipeline.pausedReason });
  return findHolder(pipeline) ?? findOccupant(pipeline);
}

function findHolder({ definition, lockedBy, runs }: DraftPipeline): ReasonOf<'locked'> | undefined {
  if ((definition?.lock ?? 'none') === 'none' || lockedBy === null) return undefined;
  const holder = runs.find(({ id }) => id === lockedBy);
  if (!holder) throw new Error(`the run ${lockedBy} that holds the lock was not read`);
  return because('locked', { run: holder.counter, status: holder.status });
}

/**
 * A run that is held at its first stage does not stand in the way of others; nor does one that waits there
 * for approval, or for a stage that the configuration does not have any more.
 */
function findOccupant(pipeline: DraftPipeline): ReasonOf<'busy'> | undefined {
  const first = pipeline.definition?.stages[0]?.name;
  const waiting = listReady(pipeline).filter(
    ({ name, heldAt }) => heldAt === null && findApproval(pipeline.definition, name),
  );
  const occupant = [...listStages(pipeline, 'running'), ...waiting].find(
    ({ position, name }) => position === 0 || name === first,
  );
  if (!occupant) return undefined;
  const { run, name, status } = occupant;
  return because('busy', { run: run.counter, stage: name, isIn: status === 'running' });
}
