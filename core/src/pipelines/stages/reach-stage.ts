import type { ApprovalConfig } from '../../config/config.ts';
import type { RunState } from '../../store/runs.ts';
import type { RunStage } from '../../store/stage-attempts.ts';
import { readyStage } from '../../store/stages.ts';
import type { Tx } from '../../store/store.ts';
import type { Move } from '../changes.ts';

/** What lets a run to a stage, beside what came before it. */
export interface Reaching {
  /** Whether an approval of an earlier attempt stands: the revisions are the same. */
  readonly isApproved?: boolean;
}

/** Lets a run come to a stage: from now on it waits for approval there, or for its turn. */
export async function reachStage(
  tx: Tx,
  { pipeline, now, changes }: Move,
  run: Pick<RunState, 'id' | 'counter' | 'label'>,
  { id, name, counter, approval, position }: Pick<RunStage, 'id' | 'name' | 'counter' | 'approval' | 'position'>,
  { isApproved = false }: Reaching = {},
): Promise<void> {
  const waits = approval.type === 'manual' && !isApproved;
  await readyStage(tx, id, {
    status: waits ? 'waiting' : 'pending',
    readyAt: now,
    notBefore: position > 0 && approval.afterMs !== undefined ? now + approval.afterMs : null,
    expiresAt: waits && approval.expiresMs !== undefined ? now + approval.expiresMs : null,
  });
  if (!waits) return;
  changes.addStage('stage.waiting', {
    ...{ pipeline: pipeline.name, counter: run.counter, label: run.label },
    ...{ name, stageCounter: counter, status: 'waiting' },
  });
  const reason = `run ${run.counter} waits for approval to enter ${name}: ${describeApproval(approval)}`;
  changes.addDecision({ ...aboutRun(pipeline.id, run.id, now), outcome: 'waits', reason });
}

/** A decision about a run and no package in particular. */
export function aboutRun(pipelineId: number, runId: number, at: number) {
  return { at, pipelineId, packageId: null, version: null, materials: {}, runId } as const;
}

function describeApproval(approval: ApprovalConfig): string {
  if (approval.type === 'auto') return 'nobody is asked';
  const who = approval.by.length === 0 ? 'whoever may operate the pipeline' : approval.by.join(', ');
  return approval.required === 1 ? who : `${approval.required} of ${who}`;
}
