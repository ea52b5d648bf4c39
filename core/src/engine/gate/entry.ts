import type { ApprovalConfig } from '../../config/config.ts';
import type { DraftStage } from '../draft/draft.ts';

/** A run that waits to enter a stage, and what lets it in by the configuration in force. */
export interface EntryAtGate {
  readonly stage: DraftStage;
  readonly approval: ApprovalConfig;
}
