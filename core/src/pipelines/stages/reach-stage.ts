import type { RunState } from '../../store/runs.ts';
import type { RunStage } from '../../store/stage-attempts.ts';
import { type Readiness, readyStages } from '../../store/stages.ts';
import type { Tx } from '../../store/store.ts';
import type { Move } from '../changes.ts';
import { findApproval } from './stage-at-hand.ts';

/** A run that comes to a stage. */
export interface ReachingRun {
  readonly move: Move;
  readonly run: Pick<RunState, 'id' | 'counter' | 'label'>;
  readonly stage: Pick<RunStage, 'id' | 'name' | 'counter' | 'position'>;
}

/** Lets runs come to a stage: from now on they wait there for their turn, and first for approval where people are to be asked. */
export async function reachStages(tx: Tx, reaching: readonly ReachingRun[]): Promise<void> {
  const ready = reaching.map((one) => ({ id: one.stage.id, readiness: describeReadiness(one) }));
  for (const alike of Map.groupBy(ready, ({ readiness }) => JSON.stringify(readiness)).values()) {
    const ids = alike.map(({ id }) => id);
    if (alike[0]) await readyStages(tx, ids, alike[0].readiness);
  }
}

function describeReadiness({ move: { definition, now }, stage: { name, position } }: ReachingRun): Readiness {
  const approval = findApproval(definition, name);
  const afterMs = position > 0 ? approval?.afterMs : undefined;
  return { readyAt: now, notBefore: afterMs === undefined ? null : now + afterMs, approval };
}

/** A decision about a run and no package in particular. */
export function aboutRun(pipelineId: number, runId: number, at: number) {
  return { at, pipelineId, packageId: null, version: null, materials: {}, runId } as const;
}
