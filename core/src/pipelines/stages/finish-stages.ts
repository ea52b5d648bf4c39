import { type Dependency, readDownstream } from '../../store/dependencies.ts';
import type { RunState } from '../../store/runs.ts';
import { type RunStage, readStagesOfRuns } from '../../store/stage-attempts.ts';
import { endStages } from '../../store/stages.ts';
import type { Tx } from '../../store/store.ts';
import { insertPassTriggers, type PassWish } from '../../store/triggers.ts';
import type { Move } from '../changes.ts';
import { advanceRun } from './advance-run.ts';
import { type SettlingRun, settleAs } from './settle-run.ts';

/** A stage whose jobs have all ended, and how. */
export interface FinishedStage extends Pick<RunStage, 'id' | 'name' | 'counter' | 'position'> {
  readonly status: 'passed' | 'failed' | 'cancelled';
}

/** A stage that is to be ended, of a run as it stands. */
export interface FinishingStage {
  readonly move: Move;
  readonly run: RunState;
  readonly stage: FinishedStage;
}

/**
 * Ends stages, each of another run (a run is in one stage at a time), all at the same moment: tells the pipelines that listen to them of their passes, and moves their
 * runs on. Those pipelines are to be started by the caller.
 */
export async function finishStages(tx: Tx, finishing: readonly FinishingStage[]): Promise<void> {
  for (const [status, some] of Map.groupBy(finishing, ({ stage }) => stage.status)) {
    const ids = some.map(({ stage }) => stage.id);
    if (some[0]) await endStages(tx, ids, status, some[0].move.now);
  }
  for (const { move, run, stage } of finishing) {
    move.changes.addStage('stage.finished', {
      ...{ pipeline: move.pipeline.name, counter: run.counter, label: run.label },
      ...{ name: stage.name, stageCounter: stage.counter, status: stage.status },
    });
  }
  await tellDownstream(
    tx,
    finishing.filter(({ stage }) => stage.status === 'passed'),
  );
  const stages = await readStagesOfRuns(
    tx,
    finishing.map(({ run }) => run.id),
  );
  const settling: SettlingRun[] = [];
  for (const { move, run, stage } of finishing) {
    const status = await advanceRun(tx, move, { run, from: stage, stages: stages.get(run.id) ?? [] });
    settling.push({ move, run, status });
  }
  await settleAs(tx, settling);
}

async function tellDownstream(tx: Tx, passed: readonly FinishingStage[]): Promise<void> {
  const downstream = await readDownstream(
    tx,
    passed.map(({ move, stage }) => ({ pipelineId: move.pipeline.id, stage: stage.name })),
  );
  const wishes: PassWish[] = [];
  for (const one of passed) {
    const { move, run, stage } = one;
    for (const dependency of downstream.filter(
      ({ upstreamId, stage: name }) => upstreamId === move.pipeline.id && name === stage.name,
    )) {
      const { pipelineId, mode } = dependency;
      if (mode === 'manual') decideNothing(one, dependency);
      else wishes.push({ pipelineId, upstreamRunId: run.id, upstreamStageId: stage.id, mode, createdAt: move.now });
    }
  }
  await insertPassTriggers(tx, wishes);
}

function decideNothing({ move: { pipeline, now, changes }, run, stage }: FinishingStage, { pipelineId }: Dependency): void {
  changes.addDecision({
    ...{ at: now, pipelineId, packageId: null, version: null, runId: null, upstreamRunId: run.id },
    outcome: 'waits',
    reason: `${pipeline.name} ${run.counter} passed ${stage.name}: trigger: manual starts nothing by itself`,
    materials: { [pipeline.name]: run.counter },
  });
}
