import { because } from '../../domain/reason.ts';
import type { End } from '../../domain/status.ts';
import type { Dependency } from '../../store/dependencies.ts';
import { findApproval } from '../asked/stage-at-hand.ts';
import { type Draft, type DraftStage, nameStage } from '../draft/draft.ts';
import { endDeployment } from '../occupancy/occupy.ts';
import { addAttempt } from './again.ts';
import { dropRest } from './end-waiting.ts';
import { reachStage } from './reach.ts';
import { settleRun } from './settle.ts';

/**
 * Ends a stage whose jobs have all ended: tells the pipelines that listen to it of its pass, and moves its
 * run on.
 */
export function endStage(draft: Draft, stage: DraftStage, status: End): void {
  stage.status = status;
  draft.add({ kind: 'stage ended', stage: nameStage(stage), status });
  endDeployment(draft, stage, status);
  if (status === 'passed') tellDownstream(draft, stage);
  advanceRun(draft, stage);
  settleRun(draft, stage.run);
}

function tellDownstream(draft: Draft, stage: DraftStage): void {
  const { run } = stage;
  notePass(draft, stage);
  const listening = draft.situation.dependencies.filter(
    ({ upstreamId, stage: name }) => upstreamId === run.pipeline.id && name === stage.name,
  );
  for (const dependency of listening) {
    if (dependency.mode === 'manual') decideNothing(draft, stage, dependency);
    else wishPass(draft, stage, { pipelineId: dependency.pipelineId, mode: dependency.mode });
  }
}

/** From now on the run is a candidate of those that listen. */
function notePass(draft: Draft, stage: DraftStage): void {
  const { id, counter, label, pipeline, behind } = stage.run;
  if (!behind) throw new Error(`what is behind run ${counter} of ${pipeline.name} was not read`);
  const values = behind.packages.map(
    ({ packageId, revisionId, edition }) => [packageId, { revisionId, edition }] as const,
  );
  draft.passed.push({
    run: { id, pipelineId: pipeline.id, counter, label, stage: stage.name, stageCounter: stage.counter },
    behind: behind.packages,
    provenance: { packages: new Map(values), pipelines: new Map([...behind.pipelines, [pipeline.id, id]]) },
  });
}

function wishPass(
  draft: Draft,
  stage: DraftStage,
  { pipelineId, mode }: { readonly pipelineId: number; readonly mode: 'latest' | 'every' },
): void {
  const { run } = stage;
  const id = draft.newId();
  const wish = { pipelineId, mode, upstreamRunId: run.id, upstreamStageId: stage.id, createdAt: draft.now };
  draft.add({ kind: 'pass wished', id, wish });
  const downstream = draft.pipeline(pipelineId);
  const upstream = {
    upstreamId: run.pipeline.id,
    upstream: run.pipeline.name,
    runId: run.id,
    counter: run.counter,
  };
  const passed = { stage: stage.name, stageId: stage.id, isNewest: true };
  downstream.triggers = [
    ...downstream.triggers,
    { id, kind: 'pass', mode, waits: null, ...upstream, ...passed },
  ];
}

function decideNothing(draft: Draft, { name, run }: DraftStage, { pipelineId }: Dependency): void {
  const { pipeline, counter } = run;
  draft.decide(draft.pipeline(pipelineId), {
    outcome: 'waits',
    reason: because('manual-pass', { pipeline: pipeline.name, run: counter, stage: name }),
    materials: { [pipeline.name]: counter },
    upstreamRunId: run.id,
  });
}

/**
 * Moves a run on after one of its stages has ended: to the next stage, when the one before has passed or the
 * approval asks people all the same; else, or where the pipeline was removed, what is still to come is
 * cancelled. A later stage that was done before is done again.
 */
function advanceRun(draft: Draft, from: DraftStage): void {
  const { run } = from;
  const next = run.stages.find(({ position }) => position === from.position + 1);
  if (!next) return;
  if (run.pipeline.active && mayFollow(from, next)) comeTo(draft, next);
  else dropRest(draft, run);
}

function mayFollow({ status }: DraftStage, next: DraftStage): boolean {
  const approval = findApproval(next.run.pipeline.definition, next.name);
  return (
    status === 'passed' || (status === 'failed' && approval?.type === 'manual' && approval.evenAfterFailure)
  );
}

function comeTo(draft: Draft, next: DraftStage): void {
  if (next.readyAt === null) {
    if (next.status !== 'pending') {
      next.status = 'pending';
      draft.add({ kind: 'stage reset', id: next.id });
    }
    reachStage(draft, next);
    return;
  }
  if (next.status === 'waiting' || next.status === 'pending' || next.status === 'running') return;
  reachStage(draft, addAttempt(draft, next, { keepPassed: false }));
}
