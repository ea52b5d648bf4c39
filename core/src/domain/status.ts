/** How far a run, a stage or a job has come; `waiting` is for an approval. */
export type Status = 'pending' | 'waiting' | 'running' | 'passed' | 'failed' | 'cancelled';

/** How a stage or a job can end. */
export type End = Extract<Status, 'passed' | 'failed' | 'cancelled'>;

/** What kind of wish started a run. */
export type StartedBy = 'latest' | 'every' | 'timer' | 'person';

/** Whether nothing is to come any more. */
export function isOver(status: Status): status is End {
  return status === 'passed' || status === 'failed' || status === 'cancelled';
}

/** A stage of a run by its newest attempt, as far as the run's status depends on it. */
export interface FoldedStage {
  readonly status: Status;
  /** When its turn came: from then on it waits to be entered. */
  readonly readyAt: number | null;
}

/** The status of a run whose stages stand so. */
export function foldStatus(stages: readonly FoldedStage[]): Status {
  const has = (status: Status) => stages.some((stage) => stage.status === status);
  if (has('running')) return 'running';
  if (has('waiting')) return 'waiting';
  const isQueued = stages.some(({ status, readyAt }) => status === 'pending' && readyAt !== null);
  if (isQueued) return stages.every(({ status }) => status === 'pending') ? 'pending' : 'running';
  if (has('failed')) return 'failed';
  return stages.every(({ status }) => status === 'passed') ? 'passed' : 'cancelled';
}
