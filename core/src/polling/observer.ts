import type { PipelineObserver } from '../engine/observer.ts';
import type { PollOutcome } from '../store/polls.ts';

/** A poll that ended. */
export interface PollSighting {
  readonly repository: string;
  readonly outcome: PollOutcome;
  readonly seconds: number;
  /** Revisions recorded for the first time. */
  readonly revisions: number;
  /** What went wrong first. */
  readonly message: string | undefined;
}

/** A revision that was recorded, not at a first look. */
export interface RevisionSighting {
  readonly repository: string;
  readonly package: string;
  readonly version: string;
  /** Since its publication, where the repository says when that was. */
  readonly lagSeconds: number | undefined;
}

/** Who is told, for metrics and log lines, what was committed. It must not throw. */
export interface PollObserver extends Pick<PipelineObserver, 'onRun' | 'onProblem'> {
  onPoll(poll: PollSighting): void;
  onRevision(revision: RevisionSighting): void;
}
