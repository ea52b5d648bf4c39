import type { Status } from '../../store/schema.ts';

/** A stage of a run by its newest attempt, as far as the run's status depends on it. */
export interface FoldedStage {
  readonly status: Status;
  /** Whether its turn has come: it waits to be entered. */
  readonly readyAt: number | null;
}

/** The status of a run whose stages stand so. Pure. */
export function foldStatus(stages: readonly FoldedStage[]): Status {
  const has = (status: Status) => stages.some((stage) => stage.status === status);
  if (has('running')) return 'running';
  if (has('waiting')) return 'waiting';
  const isQueued = stages.some(({ status, readyAt }) => status === 'pending' && readyAt !== null);
  if (isQueued) return stages.every(({ status }) => status === 'pending') ? 'pending' : 'running';
  if (has('failed')) return 'failed';
  return stages.every(({ status }) => status === 'passed') ? 'passed' : 'cancelled';
}
