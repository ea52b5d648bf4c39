import { type Draft, type DraftStage, nameStage } from '../draft/draft.ts';

/** Adds another attempt at a stage, pending; jobs that are kept stay passed, the others are to be done. */
export function addAttempt(
  draft: Draft,
  stage: DraftStage,
  { keepPassed }: { readonly keepPassed: boolean },
): DraftStage {
  const { run, position, name, counter } = stage;
  const again = draft.newStage({ run, position, name, counter: counter + 1 });
  run.stages[run.stages.indexOf(stage)] = again;
  for (const pipeline of draft.pipelines) {
    pipeline.triggers = pipeline.triggers.map((trigger) =>
      trigger.kind === 'pass' && trigger.stageId === stage.id ? { ...trigger, isNewest: false } : trigger,
    );
  }
  draft.add({ kind: 'stage again', id: again.id, of: nameStage(stage), keepPassed });
  return again;
}
