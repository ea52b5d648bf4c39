import type { RunChange } from './happen.ts';

/** A job that began or ended. */
export interface JobChange {
  readonly pipeline: string;
  readonly counter: number;
  readonly stage: string;
  readonly job: string;
  readonly status: 'running' | 'passed' | 'failed' | 'cancelled';
  readonly exitCode: number | null;
  readonly message: string | null;
}

/** Who is told, for metrics and log lines, what was committed. It must not throw. */
export interface PipelineObserver {
  onRun(change: RunChange): void;
  onJob(change: JobChange): void;
  /** Something that will be tried again went wrong; `what` says what was being done. */
  onProblem(what: string, error: unknown): void;
}
