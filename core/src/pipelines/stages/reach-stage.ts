import type { ApprovalConfig } from '../../config/config.ts';
import type { RunState } from '../../store/runs.ts';
import type { RunStage } from '../../store/stage-attempts.ts';
import { type Readiness, readyStages } from '../../store/stages.ts';
import type { Tx } from '../../store/store.ts';
import type { Move } from '../changes.ts';

/** A run that comes to a stage. */
export interface ReachingRun {
  readonly move: Move;
  readonly run: Pick<RunState, 'id' | 'counter' | 'label'>;
  readonly stage: Pick<RunStage, 'id' | 'name' | 'counter' | 'approval' | 'position'>;
  /** Whether an approval of an earlier attempt stands: the revisions are the same. */
  readonly isApproved?: boolean;
}

/** Lets runs come to a stage: from now on they wait for approval there, or for their turn. */
export async function reachStages(tx: Tx, reaching: readonly ReachingRun[]): Promise<void> {
  const ready = reaching.map((one) => ({ id: one.stage.id, readiness: describeReadiness(one) }));
  for (const alike of Map.groupBy(ready, ({ readiness }) => JSON.stringify(readiness)).values()) {
    const ids = alike.map(({ id }) => id);
    if (alike[0]) await readyStages(tx, ids, alike[0].readiness);
  }
  for (const one of reaching) if (mustWait(one)) sayWaits(one);
}

function mustWait({ stage, isApproved = false }: ReachingRun): boolean {
  return stage.approval.type === 'manual' && !isApproved;
}

function describeReadiness(reaching: ReachingRun): Readiness {
  const { now } = reaching.move;
  const { approval, position } = reaching.stage;
  const waits = mustWait(reaching);
  const expiresMs = approval.type === 'manual' ? approval.expiresMs : undefined;
  return {
    status: waits ? 'waiting' : 'pending',
    readyAt: now,
    notBefore: position > 0 && approval.afterMs !== undefined ? now + approval.afterMs : null,
    expiresAt: waits && expiresMs !== undefined ? now + expiresMs : null,
  };
}

function sayWaits({ move: { pipeline, now, changes }, run, stage: { name, counter, approval } }: ReachingRun): void {
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
