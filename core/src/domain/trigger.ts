import type { Contribution } from './reasons/kind.ts';
import type { RevisionState, Standing } from './revision.ts';

/** Which of what is new starts something: the newest, or each. */
export type TriggerMode = 'latest' | 'every';

/**
 * The wish that one new revision start one pipeline: unique by pipeline, package, version, digest and move,
 * for ever.
 */
export interface TriggerWish {
  readonly pipelineId: number;
  readonly packageId: number;
  readonly revisionId: number;
  readonly version: string;
  /** `algorithm:hex` of the strongest digest, or empty. */
  readonly digest: string;
  /** The number of the pointer's move, 0 without a pointer. */
  readonly move: number;
  readonly mode: TriggerMode;
  /**
   * `dropped` for one that is only to be remembered as had, `held` for one that the storm guard keeps;
   * waiting by default.
   */
  readonly state?: 'waiting' | 'held' | 'dropped';
  /** The poll that brought it: the repository's id and the fence of its lease. */
  readonly poll?: string;
  readonly createdAt: number;
}

/** The wish that one pass of an upstream stage start one pipeline. */
export interface PassWish {
  readonly pipelineId: number;
  readonly upstreamRunId: number;
  /** The attempt at the stage that passed. */
  readonly upstreamStageId: number;
  readonly mode: TriggerMode;
  readonly createdAt: number;
}

interface WaitingBase {
  readonly id: number;
  readonly mode: TriggerMode;
  /** What it waits for, as the last decision about it said. */
  readonly waits: string | null;
}

/** The wish of a revision that waits, with what decides whether and when it is fulfilled. */
export interface WaitingRevision extends WaitingBase {
  readonly kind: 'revision';
  readonly packageId: number;
  /** `npmjs/fastify` */
  readonly package: string;
  readonly revisionId: number;
  readonly version: string;
  readonly move: number;
  readonly rank: number;
  readonly state: RevisionState;
  readonly standing: Standing;
}

/** The wish of a pass that waits. */
export interface WaitingPass extends WaitingBase {
  readonly kind: 'pass';
  readonly upstreamId: number;
  /** The upstream pipeline's name. */
  readonly upstream: string;
  readonly runId: number;
  /** The upstream run's counter. */
  readonly counter: number;
  readonly stage: string;
  /** The attempt at the stage that passed. */
  readonly stageId: number;
  /** Whether this attempt at the stage is still its newest. */
  readonly isNewest: boolean;
}

/** A wish that waits. */
export type WaitingTrigger = WaitingRevision | WaitingPass;

/** What a trigger brings, for people. */
export function describeTrigger(trigger: WaitingTrigger): Contribution {
  return trigger.kind === 'revision'
    ? { material: trigger.package, value: trigger.version }
    : { material: trigger.upstream, value: trigger.counter };
}

/**
 * Negative where a trigger is older than another of the same material: by the pointer's move and the rank, or
 * by the upstream run.
 */
export function compareAge(a: WaitingTrigger, b: WaitingTrigger): number {
  if (a.kind === 'revision' && b.kind === 'revision') return a.move - b.move || a.rank - b.rank;
  return a.kind === 'pass' && b.kind === 'pass' ? a.runId - b.runId || a.id - b.id : 0;
}
