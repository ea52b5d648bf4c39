import type { ApprovalConfig } from '../../config/config.ts';
import type { DraftStage } from '../draft/draft.ts';

/** A run that comes to a stage. */
export interface AtGate {
  readonly stage: DraftStage;
  /** What lets it in by the configuration in force; undefined where that does not have the stage any more. */
  readonly approval: ApprovalConfig | undefined;
}

/** A run that waits to enter a stage that there is. */
export interface EntryAtGate extends AtGate {
  readonly approval: ApprovalConfig;
}
