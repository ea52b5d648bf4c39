import type { JobConfig } from '../config/jobs.ts';

/**
 * A job to be done, with everything it needs; made when the attempt starts, since secrets are resolved then.
 */
export interface Work<J extends JobConfig = JobConfig> {
  /**
   * Names the work, and stays the same over retries and restarts of the server: the receiver may rely on it.
   * Only another try at a `run` job after doubt has another, since it is to start afresh; its
   * SLUICE_IDEMPOTENCY_KEY is that of the first try.
   */
  readonly key: string;
  readonly job: J;
  /** Which try at the job this is, from 1. */
  readonly attempt: number;
  /**
   * When the job began, in whichever life of the server, in milliseconds: its time limit counts from here.
   */
  readonly startedAt: number;
  /** The whole environment of the job (SURFACE section 5), resolved. */
  readonly environment: Readonly<Record<string, string>>;
  /** Values that must not be readable in the log. */
  readonly secrets: readonly string[];
  readonly run: RunFacts;
}

/** The run that a job belongs to, as receivers of webhooks see it. */
export interface RunFacts {
  readonly pipeline: string;
  readonly counter: number;
  readonly label: string;
  readonly stage: string;
  readonly stageCounter: number;
  readonly job: string;
  readonly materials: readonly (PackageFacts | UpstreamFacts)[];
}

/** A package that a run pinned. */
export interface PackageFacts {
  readonly package: string;
  readonly version: string;
  readonly digest: string | null;
  readonly location: string | null;
  readonly purl: string | null;
  readonly changed: boolean;
}

/** A run of another pipeline that a run pinned. */
export interface UpstreamFacts {
  readonly pipeline: string;
  readonly counter: number;
  readonly label: string;
  readonly stage: string;
  readonly changed: boolean;
}

/** How a job ended. `doubt`: nobody can know; the job's `onDoubt` decides. */
export interface Outcome {
  readonly status: 'passed' | 'failed' | 'doubt';
  readonly exitCode: number | null;
  /** Why, where the status alone does not say it. */
  readonly message: string | null;
}

/** How the server follows a job. */
export interface Following {
  /**
   * The server goes away: stop following, leave the work alone. `perform` then rejects with the signal's
   * reason.
   */
  readonly detach: AbortSignal;
  /** Somebody cancelled the job: end the work, its children too; the outcome is `failed`. */
  readonly cancel: AbortSignal;
  /** How many raw bytes of output are in the stored log already. */
  readonly offset: number;
  /** Stores more output, masked; `offset` counts the raw bytes up to here. */
  write(text: string, offset: number): Promise<void>;
  /** For work on another server. */
  readonly elsewhere: Elsewhere;
}

/** What the server knows of work on another server, and keeps for its next lives. */
export interface Elsewhere {
  /** As it was remembered last; undefined where nothing was begun. */
  readonly memory: Memory | undefined;
  /** Durable when it resolves. Rejects where another node has the job by now. */
  remember(memory: Memory): Promise<void>;
  /** Resolves when somebody says that there is something to look at, or when the signal aborts. */
  look(signal: AbortSignal): Promise<void>;
  /** How the receiver of a webhook says that its work ended; undefined while it does not. */
  readReport(): Promise<(Pick<Outcome, 'message'> & { readonly status: 'passed' | 'failed' }) | undefined>;
  /** Where the receiver of a webhook reports the result, until it expires (milliseconds). */
  callback(expires: number): Promise<string>;
}

/** What is known of work on another server. */
export interface Memory {
  /**
   * `wanted`: it was not begun; `asked`: it may have been; `accepted`: it was, and has no name yet;
   * `started`: it is `ref`.
   */
  readonly state: 'wanted' | 'asked' | 'accepted' | 'started';
  /** When it was asked for first, and last, in milliseconds. */
  readonly since: number;
  readonly askedAt: number;
  /** What was so before it was asked for, where that helps to recognise it. */
  readonly mark?: string | undefined;
  /** Its name over there. */
  readonly ref?: string | undefined;
  /** Where people see it. */
  readonly link?: string | undefined;
}

/**
 * Understands how one kind of job is done.
 *
 * `perform` may be called again with the same key after a crash: it then goes on with what it finds, and
 * starts nothing twice.
 */
export interface Target<J extends JobConfig = JobConfig> {
  perform(work: Work<J>, following: Following): Promise<Outcome>;
}
