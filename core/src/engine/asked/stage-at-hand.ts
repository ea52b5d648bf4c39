import type { ApprovalConfig, PipelineConfig } from '../../config/config.ts';
import type { Status } from '../../domain/status.ts';
import type { Draft, DraftStage } from '../draft/draft.ts';

/** The newest attempt at a stage, as far as it says what may be done to it. Times in milliseconds. */
export interface StandingStage {
  readonly name: string;
  readonly status: Status;
  readonly readyAt: number | null;
  readonly cancelAt: number | null;
  readonly expiresAt: number | null;
}

/**
 * A stage of a run as somebody finds it who wants to do something to it: by the engine's draft, or on a page.
 */
export interface StageAtHand {
  /** The pipeline's name. */
  readonly pipeline: string;
  /** The pipeline by the configuration in force; undefined where that does not have it any more. */
  readonly definition: PipelineConfig | undefined;
  readonly run: { readonly counter: number; readonly person: string | null };
  readonly stage: StandingStage;
  /** Of the run, first to last. */
  readonly stages: readonly StandingStage[];
  readonly now: number;
}

/** A stage of a draft, as somebody finds it who wants to do something to it. */
export function atHand({ now }: Draft, stage: DraftStage): StageAtHand {
  const { run } = stage;
  return {
    pipeline: run.pipeline.name,
    definition: run.pipeline.definition,
    run,
    stage,
    stages: run.stages,
    now,
  };
}

/**
 * What lets a run into a stage by the configuration in force; undefined where that does not have the stage
 * any more.
 */
export function findApproval(
  definition: PipelineConfig | undefined,
  stage: string,
): ApprovalConfig | undefined {
  return definition?.stages.find(({ name }) => name === stage)?.approval;
}

/** Where a stage is, as reasons have it. */
export function placeAtHand({ pipeline, run, stage }: Pick<StageAtHand, 'pipeline' | 'run' | 'stage'>) {
  return { pipeline, run: run.counter, stage: stage.name };
}

/** Whether a run waits to enter a stage: for approval, or for its turn. */
export function isToCome({ status, readyAt }: Pick<StandingStage, 'status' | 'readyAt'>): boolean {
  return status === 'waiting' || (status === 'pending' && readyAt !== null);
}
