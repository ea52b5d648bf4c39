import { type Dependency, readDownstream } from '../../store/dependencies.ts';
import type { RunState } from '../../store/runs.ts';
import type { RunStage } from '../../store/stage-attempts.ts';
import { endStages } from '../../store/stages.ts';
import type { Tx } from '../../store/store.ts';
import { insertPassTriggers } from '../../store/triggers.ts';
import type { Move } from '../changes.ts';
import { advanceRun } from './advance-run.ts';

/** A stage whose jobs have all ended, and how. */
export interface FinishedStage extends Pick<RunStage, 'id' | 'name' | 'counter' | 'position'> {
  readonly status: 'passed' | 'failed' | 'cancelled';
}

/** Ends a stage, tells the pipelines that listen to it of its pass, and moves its run on. They are to be started by the caller. */
export async function finishStage(tx: Tx, move: Move, run: RunState, stage: FinishedStage): Promise<void> {
  const { pipeline, now, changes } = move;
  await endStages(tx, [stage.id], stage.status, now);
  changes.addStage('stage.finished', {
    ...{ pipeline: pipeline.name, counter: run.counter, label: run.label },
    ...{ name: stage.name, stageCounter: stage.counter, status: stage.status },
  });
  if (stage.status === 'passed') await tellDownstream(tx, move, run, stage);
  await advanceRun(tx, move, run, stage);
}

async function tellDownstream(tx: Tx, { pipeline, now, changes }: Move, run: RunState, stage: FinishedStage): Promise<void> {
  const downstream = await readDownstream(tx, pipeline.id, stage.name);
  const wakes = downstream.filter(
    (dependency): dependency is Dependency & { mode: 'latest' | 'every' } => dependency.mode !== 'manual',
  );
  await insertPassTriggers(
    tx,
    wakes.map(({ pipelineId, mode }) => ({ pipelineId, upstreamRunId: run.id, upstreamStageId: stage.id, mode, createdAt: now })),
  );
  for (const { pipelineId } of downstream.filter(({ mode }) => mode === 'manual')) {
    changes.addDecision({
      ...{ at: now, pipelineId, packageId: null, version: null, runId: null, upstreamRunId: run.id },
      outcome: 'waits',
      reason: `${pipeline.name} ${run.counter} passed ${stage.name}: trigger: manual starts nothing by itself`,
      materials: { [pipeline.name]: run.counter },
    });
  }
}
