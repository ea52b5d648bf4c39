import { isPipelineMaterial, nameMaterial } from '../../config/materials.ts';
import { because } from '../../domain/reason.ts';
import type { WaitingTrigger } from '../../domain/trigger.ts';
import { isToCome } from '../asked/stage-at-hand.ts';
import { type Draft, type DraftPipeline, placeOf } from '../draft/draft.ts';
import { dropDeployments } from '../occupancy/occupy.ts';
import { endWaiting } from '../stages/end-waiting.ts';
import { endTriggers } from '../starts/say-waiting.ts';

/**
 * Lets pipelines be as the configuration in force has them. What waits in one that it does not have any more
 * is cancelled with a decision; a stage that runs there ends by itself. A wish for a material that a pipeline
 * listens to no more is dropped likewise.
 */
export function configure(draft: Draft): void {
  for (const pipeline of draft.pipelines) {
    if (pipeline.active && pipeline.definition) dropUnheard(draft, pipeline);
    else clear(draft, pipeline);
    setTimer(draft, pipeline);
  }
  dropDeployments(draft);
}

/** A timer that did not change keeps its moment, even one that came while nobody was there. */
function setTimer(draft: Draft, pipeline: DraftPipeline): void {
  const { calendar, config, now } = draft.inForce;
  const timer = pipeline.definition?.timer;
  const spec = timer ? `${timer.cron} ${config.timezone}` : null;
  if (spec === pipeline.timerSpec) return;
  draft.change(pipeline, {
    timer: { at: timer ? (calendar.findNext(timer.cron, now) ?? null) : null, spec },
  });
}

function dropUnheard(draft: Draft, pipeline: DraftPipeline): void {
  const materials = pipeline.definition?.materials ?? [];
  const isHeard = (trigger: WaitingTrigger) =>
    materials.some((material) =>
      trigger.kind === 'pass'
        ? isPipelineMaterial(material) &&
          material.pipeline === trigger.upstream &&
          material.stage === trigger.stage
        : nameMaterial(material) === trigger.package,
    );
  const unheard = [...pipeline.triggers, ...pipeline.held].filter((trigger) => !isHeard(trigger));
  drop(draft, pipeline, unheard, because('unheard', {}));
}

function clear(draft: Draft, pipeline: DraftPipeline): void {
  drop(draft, pipeline, [...pipeline.triggers, ...pipeline.held], because('removed', {}));
  for (const stage of pipeline.runs.flatMap(({ stages }) => stages.filter(isToCome))) {
    endWaiting(draft, stage, { outcome: 'refused', reason: because('removed-before', placeOf(stage)) });
  }
}

function drop(
  draft: Draft,
  pipeline: DraftPipeline,
  triggers: readonly WaitingTrigger[],
  reason: ReturnType<typeof because<'unheard' | 'removed'>>,
): void {
  const reasons = triggers.map((trigger) => ({ trigger, reason }));
  endTriggers(draft, pipeline, { state: 'dropped', outcome: 'refused' }, reasons);
}
