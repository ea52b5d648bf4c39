import { because, type Refusal } from '../../domain/reason.ts';
import { compareAge, describeTrigger, type WaitingTrigger } from '../../domain/trigger.ts';
import type { Draft, DraftPipeline } from '../draft/draft.ts';
import type { Asked, PipelineWish } from '../happening.ts';
import { endTriggers } from '../starts/say-waiting.ts';

type Operation = (draft: Draft, pipeline: DraftPipeline, asked: Asked) => Refusal | undefined;

/** What can be done to a pipeline. */
export const operations: Readonly<Record<PipelineWish['what'], Operation>> = {
  pause,
  unpause,
  unlock,
  'take all': (draft, pipeline, asked) => takeHeld(draft, pipeline, asked, pipeline.held),
  'take newest': (draft, pipeline, asked) => takeHeld(draft, pipeline, asked, findNewest(pipeline.held)),
  'take none': (draft, pipeline, asked) => takeHeld(draft, pipeline, asked, []),
};

/**
 * Stops a pipeline's starts and automatic passages until somebody unpauses it. A pause of a paused one
 * changes its reason.
 */
function pause(draft: Draft, pipeline: DraftPipeline, { actor, comment = '' }: Asked): undefined {
  draft.change(pipeline, { paused: { at: pipeline.pausedAt ?? draft.now, reason: comment, by: actor.name } });
}

/** Lets a paused pipeline go on: what waited meanwhile starts. */
function unpause(draft: Draft, pipeline: DraftPipeline): Refusal | undefined {
  if (pipeline.pausedAt === null) return because('not-paused', { pipeline: pipeline.name });
  draft.change(pipeline, { paused: null });
  return undefined;
}

/**
 * Takes a pipeline's lock from the run that holds it, so that others may move; not while one of its stages
 * runs.
 */
function unlock(draft: Draft, pipeline: DraftPipeline, { actor }: Asked): Refusal | undefined {
  const { name, lockedBy } = pipeline;
  const holder = pipeline.runs.find(({ id }) => id === lockedBy);
  if (!holder) return because('not-locked', { pipeline: name });
  if (holder.status === 'running') return because('lock-in-use', { pipeline: name, run: holder.counter });
  draft.change(pipeline, { lockedBy: null });
  const reason = because('unlocked', { by: actor.name, run: holder.counter });
  draft.decide(pipeline, { outcome: 'started', reason, runId: holder.id });
  return undefined;
}

/** Lets triggers go that the storm guard holds, and drops the rest, with a decision each. */
function takeHeld(
  draft: Draft,
  pipeline: DraftPipeline,
  { actor }: Asked,
  taken: readonly WaitingTrigger[],
): Refusal | undefined {
  if (pipeline.held.length === 0) return because('nothing-held', { pipeline: pipeline.name });
  const dropped = pipeline.held.filter((trigger) => !taken.includes(trigger));
  for (const { id } of taken) draft.add({ kind: 'trigger released', id });
  pipeline.triggers = [...pipeline.triggers, ...taken.map((one) => ({ ...one, waits: null }))].toSorted(
    (a, b) => a.id - b.id,
  );
  pipeline.held = dropped;
  const reason = because('storm-dropped', { by: actor.name });
  const outcome = { state: 'dropped', outcome: 'refused' } as const;
  endTriggers(
    draft,
    pipeline,
    outcome,
    dropped.map((trigger) => ({ trigger, reason })),
  );
  return undefined;
}

function findNewest(held: readonly WaitingTrigger[]): readonly WaitingTrigger[] {
  const byMaterial = Map.groupBy(held, (trigger) => describeTrigger(trigger).material);
  return [...byMaterial.values()].flatMap((ofOne) => ofOne.toSorted(compareAge).slice(-1));
}
