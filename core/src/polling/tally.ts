import type { Problem } from '../plugins/plugin-host.ts';

/** What the answers of a poll came to. */
export interface AnswerTally {
  /** Packages that were answered without a problem, and with one. */
  readonly succeeded: number;
  readonly problems: number;
  /** Revisions recorded for the first time. */
  readonly revisions: number;
  /** Changes of any kind: whether the poll found something. */
  readonly changes: number;
  /** The first problem of a package. */
  readonly firstProblem: Problem | undefined;
  /** The longest that the server asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number;
}

/** What a poll came to. */
export interface PollTally extends AnswerTally {
  readonly startedAt: number;
  /** Packages that were asked about. */
  readonly packages: number;
  readonly requests: number;
  readonly bytes: number;
  readonly warning: string | undefined;
  readonly cursor: string | undefined;
  /** When the plugin was asked without the repository's cursor; undefined where it had one. */
  readonly askedAfreshAt: number | undefined;
  /** What ended the poll as a whole. */
  readonly problem: Problem | undefined;
}

/** The tally of a poll that came to nothing. */
export function emptyTally(startedAt: number): PollTally {
  return {
    startedAt,
    packages: 0,
    succeeded: 0,
    problems: 0,
    revisions: 0,
    changes: 0,
    requests: 0,
    bytes: 0,
    retryAfterMs: 0,
    firstProblem: undefined,
    warning: undefined,
    cursor: undefined,
    askedAfreshAt: undefined,
    problem: undefined,
  };
}
