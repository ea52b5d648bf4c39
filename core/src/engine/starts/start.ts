import type { PipelineConfig } from '../../config/config.ts';
import type { Draft, DraftPipeline } from '../draft/draft.ts';
import type { Deciding } from '../question.ts';
import { admitRuns, earliest } from '../stages/admit.ts';
import { startByTimer } from './by-timer.ts';
import { startByTrigger } from './by-trigger.ts';

/**
 * Lets all that can move in the pipelines of a decision move: runs enter stages that are free, and runs start
 * from waiting triggers and timers. What stays waiting gets a decision once.
 *
 * A node whose configuration is not the one in force lets nothing in, and starts nothing: it does not know
 * who may what by now, and leaves it to one that does.
 */
export function* goOn(draft: Draft): Deciding<void> {
  if (!draft.situation.mayStart) {
    leaveToOthers(draft);
    return;
  }
  for (const pipeline of draft.pipelines) {
    let until = admitRuns(draft, pipeline);
    if (pipeline.active && pipeline.definition)
      until = yield* startRuns(draft, pipeline, pipeline.definition, until);
    const lookAt = until ?? null;
    if (lookAt !== pipeline.lookAt) draft.change(pipeline, { lookAt });
  }
}

function leaveToOthers(draft: Draft): void {
  for (const pipeline of draft.pipelines) {
    if (pipeline.lookAt === null || pipeline.lookAt > draft.now)
      draft.change(pipeline, { lookAt: draft.now });
  }
}

/** Where a first stage waits for approval, several runs may start at once. Answers when to look again. */
function* startRuns(
  draft: Draft,
  pipeline: DraftPipeline,
  definition: PipelineConfig,
  until: number | undefined,
): Deciding<number | undefined> {
  let last = until;
  for (let isMore = true; isMore; ) {
    const { started, more } = yield* startByTrigger(draft, pipeline, definition);
    if (started) last = admitRuns(draft, pipeline);
    isMore = started && more;
  }
  const timed = yield* startByTimer(draft, pipeline, definition);
  if (timed.started) last = admitRuns(draft, pipeline);
  return earliest([last, timed.next]);
}
