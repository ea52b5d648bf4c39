import type { Refusal } from '../domain/reason.ts';
import type { JobFacts } from '../store/job-facts.ts';
import type { Lease } from '../store/leases.ts';
import type { Outcome } from '../targets/target.ts';
import type { Actor } from './actor.ts';
import type { PackageNews } from './starts/publications.ts';

/** Everything that can happen to pipelines. */
export type Happening = Published | Observed | Ended | Asked | Time | Configured;

/** One poll's answers were recorded in the ledger. */
export interface Published {
  readonly kind: 'published';
  readonly news: readonly PackageNews[];
  /** The repository's id and the fence of its lease; undefined where no storm can come of it. */
  readonly poll: string | undefined;
}

/** What is known of the bytes of some packages has changed: somebody acknowledged them, or saw them again. */
export interface Observed {
  readonly kind: 'observed';
  readonly packageIds: readonly number[];
}

/** Attempts at jobs have ended, each under the lease that it was claimed by. */
export interface Ended {
  readonly kind: 'ended';
  readonly attempts: readonly EndedAttempt[];
}

/** An attempt that has ended, under the lease it was claimed by. */
export interface EndedAttempt {
  readonly lease: Lease;
  readonly facts: JobFacts;
  readonly outcome: Outcome;
}

/** The clock has come to moments at which pipelines are to be looked at. */
export interface Time {
  readonly kind: 'time';
  readonly pipelineIds: readonly number[];
}

/** Another configuration is in force, and its pipelines are those of the store. */
export interface Configured {
  readonly kind: 'configured';
  /** Those in which something may be to do by now. */
  readonly pipelineIds: readonly number[];
}

/** Somebody asks for something. */
export interface Asked {
  readonly kind: 'asked';
  readonly wish: Wish;
  readonly actor: Actor;
  /** Why, in their words. */
  readonly comment: string | undefined;
}

/** What somebody can ask for. */
export type Wish = StageWish | PipelineWish | LevelWish | RecordWish | TriggerByHand | ReleaseWish;

/** Something is to be done to a stage of a run. */
export interface StageWish {
  readonly what: 'approve' | 'reject' | 'rerun' | 'rerun failed' | 'cancel';
  readonly pipeline: string;
  /** The run's counter. */
  readonly counter: number;
  readonly stage: string;
  /** The attempt at the stage that is meant; its newest where it is left out. */
  readonly stageCounter?: number | undefined;
}

/** Something is to be done to a pipeline. */
export interface PipelineWish {
  readonly what: 'pause' | 'unpause' | 'unlock' | 'take all' | 'take newest' | 'take none';
  readonly pipeline: string;
}

/** A level is to be entered no more, or again. */
export interface LevelWish {
  readonly what: 'freeze' | 'unfreeze';
  readonly level: string;
  /** `repository/package`; all where it is left out. */
  readonly package?: string | undefined;
  /** When a freeze is over by itself, in milliseconds. */
  readonly until?: number | undefined;
}

/** What is at a level without Sluice is to be known. */
export interface RecordWish {
  readonly what: 'record';
  readonly level: string;
  /** `repository/package` */
  readonly package: string;
  readonly version: string;
}

/** All starts that are held are to go on. */
export interface ReleaseWish {
  readonly what: 'release';
}

/** A run is to be started, with chosen versions and upstream runs. */
export interface TriggerByHand {
  readonly what: 'trigger';
  readonly pipeline: string;
  /** By material. */
  readonly materials: Readonly<Record<string, MaterialChoice>>;
  /** Whether republished and withdrawn revisions are taken all the same. */
  readonly override: boolean;
  /** Literal values, for names that the pipeline declares. */
  readonly environment: Readonly<Record<string, string>>;
  /** What was found to stand against it before the store was asked. */
  readonly obstacle?: Refusal | undefined;
}

/**
 * What somebody chooses for a material: a version of a package, the counter of an upstream run, or the
 * revision that last passed a stage of a pipeline.
 */
export type MaterialChoice =
  | string
  | number
  | { readonly passed: { readonly pipeline: string; readonly stage: string } };
