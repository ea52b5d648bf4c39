import type { Road, StayState } from '../../domain/level.ts';
import type { End, Status } from '../../domain/status.ts';
import type { PassWish, TriggerWish } from '../../domain/trigger.ts';
import type { Approval } from '../approvals.ts';
import type { NewDecision } from '../decisions.ts';
import type { Freeze } from '../freezes.ts';
import type { JobEnd } from '../job-facts.ts';
import type { PipelinePatch } from '../pipelines.ts';
import type { NewRun } from '../runs.ts';
import type { PlaceSituation } from '../situations/situation.ts';
import type { Asking, Readiness } from '../stages.ts';

/** A stage of a run, as those who are told of it know it. */
export interface StageOfRun {
  readonly id: number;
  readonly runId: number;
  readonly pipeline: string;
  /** The run's counter and label. */
  readonly counter: number;
  readonly label: string;
  readonly name: string;
  readonly stageCounter: number;
}

/** A run, as those who are told of it know it. */
export interface RunOfPipeline {
  readonly id: number;
  readonly pipeline: string;
  readonly counter: number;
  readonly label: string;
}

/** A job that has ended, as those who are told of it know it. */
export interface EndedJob {
  readonly attemptId: number;
  readonly jobId: number;
  readonly pipeline: string;
  readonly counter: number;
  readonly stage: string;
  readonly job: string;
}

/** A version that is at a level from now on, or is on its way there. */
export interface NewStay {
  readonly levelId: number;
  readonly packageId: number;
  readonly revisionId: number;
  /** What deploys it; null where somebody records it. */
  readonly stage: StageOfRun | null;
  readonly road: Road | 'record';
  /** Who let it in, triggered the run, or records it. */
  readonly person: string | null;
  readonly comment: string | null;
  /** The stay of what was live before. */
  readonly insteadOf: number | null;
}

/**
 * What a decision changes. What is new has a negative id, by which other effects of the same decision speak
 * of it; the store gives it another when it writes it down.
 */
export type Effect =
  | { readonly kind: 'trigger wished'; readonly id: number; readonly wish: TriggerWish }
  | { readonly kind: 'pass wished'; readonly id: number; readonly wish: PassWish }
  | { readonly kind: 'trigger waits'; readonly id: number; readonly waits: string }
  | { readonly kind: 'trigger released'; readonly id: number }
  | { readonly kind: 'trigger ended'; readonly id: number; readonly state: 'superseded' | 'dropped' }
  | { readonly kind: 'trigger fulfilled'; readonly id: number; readonly runId: number }
  | { readonly kind: 'baseline taken'; readonly pipelineId: number; readonly packageId: number }
  /** With its stages, by position, and their jobs, all pending. */
  | {
      readonly kind: 'run created';
      readonly id: number;
      readonly run: NewRun;
      readonly stageIds: readonly number[];
    }
  | {
      readonly kind: 'set started';
      readonly pipelineId: number;
      readonly hash: string;
      readonly counter: number;
    }
  | { readonly kind: 'run status'; readonly run: RunOfPipeline; readonly status: Status }
  /** Another attempt at a stage, pending. */
  | {
      readonly kind: 'stage again';
      readonly id: number;
      readonly of: StageOfRun;
      readonly keepPassed: boolean;
    }
  /** One that was cancelled before it was reached is still to come. */
  | { readonly kind: 'stage reset'; readonly id: number }
  | { readonly kind: 'stage reached'; readonly stage: StageOfRun; readonly readiness: Readiness }
  /** From now on it waits for approval. */
  | { readonly kind: 'stage asks'; readonly stage: StageOfRun; readonly asking: Omit<Asking, 'now'> }
  | { readonly kind: 'stage expires'; readonly id: number; readonly at: number | null }
  | { readonly kind: 'word given'; readonly word: Approval }
  | { readonly kind: 'stage approved'; readonly id: number }
  | { readonly kind: 'stage held'; readonly id: number; readonly at: number | null }
  | { readonly kind: 'stage waits'; readonly id: number; readonly waits: string }
  | { readonly kind: 'stage begun'; readonly stage: StageOfRun }
  /** What of it has not begun is over; the rest goes on until it is ended. */
  | { readonly kind: 'stage cancelling'; readonly id: number }
  /** Jobs of it that have not begun are cancelled. */
  | { readonly kind: 'stage ended'; readonly stage: StageOfRun; readonly status: End }
  /** Stages that nobody was told of are cancelled before they begin. */
  | { readonly kind: 'stages dropped'; readonly ids: readonly number[] }
  | { readonly kind: 'attempt ended'; readonly id: number; readonly outcome: 'passed' | 'failed' | 'doubt' }
  | {
      readonly kind: 'attempt again';
      readonly last: { readonly jobId: number; readonly number: number; readonly key: string };
    }
  | { readonly kind: 'job ended'; readonly job: EndedJob; readonly end: JobEnd }
  | { readonly kind: 'pipeline changed'; readonly id: number; readonly patch: PipelinePatch }
  | { readonly kind: 'hold ended' }
  | { readonly kind: 'stay begun'; readonly id: number; readonly stay: NewStay }
  /** With `isOver` it is not there any more. */
  | {
      readonly kind: 'stay changed';
      readonly id: number;
      readonly state: StayState;
      readonly isOver: boolean;
    }
  | { readonly kind: 'place changed'; readonly levelId: number; readonly place: PlaceSituation }
  /** In place of what froze just that before. */
  | { readonly kind: 'level frozen'; readonly levelId: number; readonly freeze: Freeze }
  | { readonly kind: 'level unfrozen'; readonly levelId: number; readonly packageId: number | null }
  /** Runs of whatever pipeline that wait until a level is free are to be judged again. */
  | { readonly kind: 'level freed' }
  | { readonly kind: 'decided'; readonly decision: NewDecision };

/** The effects of one kind. */
export type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { readonly kind: Kind }>;
