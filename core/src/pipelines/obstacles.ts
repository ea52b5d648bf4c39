import { readOpenStages } from '../store/open-stages.ts';
import { readLockHolder } from '../store/pipelines.ts';
import { readRunState } from '../store/runs.ts';
import type { Tx } from '../store/store.ts';
import type { Move } from './changes.ts';
import { describeHold } from './describe-hold.ts';
import { findApproval } from './stages/stage-at-hand.ts';

/** Why a pipeline starts nothing by itself now. */
export interface Obstacle {
  readonly kind: 'hold' | 'paused' | 'busy' | 'locked';
  readonly reason: string;
}

/** Finds what keeps a pipeline from starting a run by itself: a hold of all starts, a pause, its lock, a run in its first stage or waiting for that. `isQuiet` where none of its
 * runs is open. */
export async function findObstacle(
  tx: Tx,
  move: Move,
  { isQuiet }: { readonly isQuiet: boolean },
): Promise<Obstacle | undefined> {
  if (move.hold) return { kind: 'hold', reason: describeHold(move.hold) };
  return describePause(move) ?? (await describeLock(tx, move)) ?? (isQuiet ? undefined : await describeOccupation(tx, move));
}

function describePause({ pipeline: { pausedAt, pausedReason } }: Move): Obstacle | undefined {
  if (pausedAt === null) return undefined;
  return { kind: 'paused', reason: pausedReason ? `the pipeline is paused: ${pausedReason}` : 'the pipeline is paused' };
}

async function describeLock(tx: Tx, { pipeline, definition }: Move): Promise<Obstacle | undefined> {
  if ((definition?.lock ?? 'none') === 'none') return undefined;
  const holder = await readLockHolder(tx, pipeline.id);
  if (holder === null) return undefined;
  const { counter, status } = await readRunState(tx, holder);
  return { kind: 'locked', reason: `the pipeline is locked by run ${counter} (${status})` };
}

/**
 * A run that is held at its first stage does not stand in the way of others; nor does one that waits there for approval, or for a stage
 * that the configuration does not have any more.
 */
async function describeOccupation(tx: Tx, { pipeline: { id }, definition }: Move): Promise<Obstacle | undefined> {
  const first = definition?.stages[0]?.name;
  const isThere = (stage: string) => findApproval(definition, stage) !== undefined;
  const open = await readOpenStages(tx, id);
  const occupant = open.find(
    ({ position, name, heldAt, status }) =>
      heldAt === null && (position === 0 || name === first) && (status === 'running' || isThere(name)),
  );
  if (!occupant) return undefined;
  const does = occupant.status === 'running' ? 'is in' : 'waits for';
  return { kind: 'busy', reason: `run ${occupant.counter} ${does} the stage ${occupant.name}` };
}
