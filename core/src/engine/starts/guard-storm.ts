import { because } from '../../domain/reason.ts';
import type { TriggerWish } from '../../domain/trigger.ts';
import type { Draft, DraftPipeline } from '../draft/draft.ts';
import { ask, type Deciding } from '../question.ts';

/**
 * Holds wishes beyond the number of runs that one poll may start in a pipeline (`maxNewRuns`), the newest
 * ones, and says so; the others pass. What a poll commits in several transactions is counted together. Wishes
 * of `latest` that come together start one run.
 */
export function* guardStorm(
  draft: Draft,
  pipeline: DraftPipeline,
  wishes: readonly TriggerWish[],
  poll: string,
): Deciding<readonly TriggerWish[]> {
  const starting = wishes.filter(({ state }) => state !== 'dropped');
  if (starting.length === 0) return wishes;
  const limit = pipeline.definition?.maxNewRuns ?? 0;
  const before = yield* ask('runsOfPoll', { pipelineId: pipeline.id, poll });
  const beyond = new Set(findBeyond(starting, Math.max(0, limit - before)));
  const names = yield* ask(
    'names',
    [...beyond].map(({ revisionId }) => revisionId),
  );
  for (const { packageId, revisionId, version } of beyond) {
    const materials = { [names.get(revisionId)?.package ?? '']: version };
    draft.decide(pipeline, {
      outcome: 'held',
      reason: because('storm', { version, limit }),
      packageId,
      version,
      materials,
    });
  }
  return wishes.map((wish) => ({ ...wish, poll, ...(beyond.has(wish) && { state: 'held' as const }) }));
}

/**
 * Those for which there is no room: each of `every` needs a run of its own, those of `latest` start one
 * together.
 */
function findBeyond(wishes: readonly TriggerWish[], room: number): readonly TriggerWish[] {
  if (room === 0) return wishes;
  const each = wishes.filter(({ mode }) => mode === 'every');
  return each.slice(each.length < wishes.length ? room - 1 : room);
}
