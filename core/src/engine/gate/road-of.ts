import type { Road } from '../../domain/level.ts';
import type { AtGate } from './entry.ts';

/** What brings a run into a stage: people's approval, or else what brought it there. */
export function roadOf({ stage, approval }: AtGate): Road {
  const { approvedAt, counter, position, run } = stage;
  if (approval?.type === 'manual' && approvedAt !== null) return 'approval';
  if (counter > 1) return 'rerun';
  if (position > 0) return 'pass';
  return run.startedBy === 'person' ? 'hand' : 'trigger';
}
