import type { ApprovalConfig, PipelineConfig } from '../../config/config.ts';
import type { RunState } from '../../store/runs.ts';
import type { RunStage } from '../../store/stage-attempts.ts';
import { type Refusal, refuse } from '../refusal.ts';

/** The newest attempt at a stage, as far as it says what may be done to it. */
export type StandingStage = Pick<RunStage, 'name' | 'status' | 'readyAt' | 'cancelAt' | 'expiresAt'>;

/** A stage of a run as somebody finds it who wants to do something to it. */
export interface StageAtHand {
  /** The pipeline's name. */
  readonly pipeline: string;
  /** The pipeline by the configuration in force; undefined where that does not have it any more. */
  readonly definition: PipelineConfig | undefined;
  readonly run: Pick<RunState, 'counter' | 'person'>;
  readonly stage: StandingStage;
  /** Of the run, first to last. */
  readonly stages: readonly StandingStage[];
  /** Milliseconds. */
  readonly now: number;
}

/** What lets a run into a stage by the configuration in force; undefined where that does not have the stage any more. */
export function findApproval(definition: PipelineConfig | undefined, stage: string): ApprovalConfig | undefined {
  return definition?.stages.find(({ name }) => name === stage)?.approval;
}

/** How a stage of a run is called in what is said of it. */
export function nameStage({ pipeline, run, stage }: Pick<StageAtHand, 'pipeline' | 'run' | 'stage'>): string {
  return `${stage.name} of ${pipeline} ${run.counter}`;
}

/** The answer to whoever wants a run let into a stage that the configuration does not have any more. */
export function refuseChanged({ pipeline, stage }: Pick<StageAtHand, 'pipeline' | 'stage'>): Refusal {
  const message = `the configuration in force has no stage ${stage.name} in ${pipeline} any more: nobody is let into it; cancel it, or put the stage back`;
  return refuse('STAGE_CHANGED', message);
}
