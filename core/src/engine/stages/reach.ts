import { findApproval } from '../asked/stage-at-hand.ts';
import { type Draft, type DraftStage, nameStage } from '../draft/draft.ts';

/**
 * Lets a run come to a stage: from now on it waits there for its turn, and first for approval where people
 * are to be asked.
 */
export function reachStage(draft: Draft, stage: DraftStage): void {
  const approval = findApproval(stage.run.pipeline.definition, stage.name);
  const afterMs = stage.position > 0 ? approval?.afterMs : undefined;
  const readiness = {
    readyAt: draft.now,
    notBefore: afterMs === undefined ? null : draft.now + afterMs,
    approval,
  };
  Object.assign(stage, {
    status: 'pending',
    readyAt: draft.now,
    notBefore: readiness.notBefore,
    expiresAt: null,
    waits: null,
  });
  draft.add({ kind: 'stage reached', stage: nameStage(stage), readiness });
}
