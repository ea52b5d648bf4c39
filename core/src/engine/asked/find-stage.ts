import { because, type Refusal } from '../../domain/reason.ts';
import type { Draft, DraftStage } from '../draft/draft.ts';
import type { StageWish } from '../happening.ts';

/** The stage of a run that somebody means, by its newest attempt, or why it cannot be found. */
export function findStage(
  draft: Draft,
  { pipeline: name, counter, stage: stageName, stageCounter }: StageWish,
): DraftStage | Refusal {
  if (!draft.situation.mayStart) return because('configuration-replaced', {});
  const pipeline = draft.pipelines.find((one) => one.name === name);
  if (!pipeline) return because('pipeline-unknown', { pipeline: name });
  const run = pipeline.runs.find((one) => one.counter === counter);
  if (!run) return because('run-unknown', { pipeline: name, run: String(counter) });
  const stage = run.stages.find((one) => one.name === stageName);
  if (!stage) return because('stage-unknown', { pipeline: name, run: counter, stage: stageName });
  if (stageCounter === undefined || stageCounter === stage.counter) return stage;
  return because('attempt-moved-on', {
    pipeline: name,
    run: counter,
    stage: stageName,
    attempt: stage.counter,
    asked: stageCounter,
  });
}
