import type { TriggerWish } from '../../domain/trigger.ts';
import type { Draft, DraftPipeline } from '../draft/draft.ts';
import type { Published } from '../happening.ts';
import { ask, type Deciding } from '../question.ts';
import { guardStorm } from './guard-storm.ts';
import { decideStarts, type PackageNews } from './publications.ts';

/**
 * Stores what publications wish to start in the pipelines that listen, and says why the rest starts nothing.
 */
export function* publish(draft: Draft, { news, poll }: Published): Deciding<void> {
  for (const pipeline of draft.pipelines) {
    const wishes: TriggerWish[] = [];
    for (const listener of draft.situation.listeners.filter(({ pipelineId }) => pipelineId === pipeline.id)) {
      const heard = news.find(({ packageId }) => packageId === listener.packageId);
      if (!heard || (listener.baseline && !heard.conclusive)) continue;
      const starts = decideStarts(heard, listener);
      wishes.push(...starts.wishes);
      for (const decision of starts.decisions) draft.add({ kind: 'decided', decision });
      if (listener.baseline) {
        draft.add({ kind: 'baseline taken', pipelineId: pipeline.id, packageId: listener.packageId });
      }
    }
    const guarded = poll === undefined ? wishes : yield* guardStorm(draft, pipeline, wishes, poll);
    if (guarded.length > 0) yield* wish(draft, pipeline, guarded, news);
  }
}

/** A wish that was wished before is not wished again, ever. */
function* wish(
  draft: Draft,
  pipeline: DraftPipeline,
  wishes: readonly TriggerWish[],
  news: readonly PackageNews[],
): Deciding<void> {
  const before = yield* ask('wishedBefore', wishes);
  for (const one of wishes.filter((_, place) => !before.has(place))) {
    const id = draft.newId();
    draft.add({ kind: 'trigger wished', id, wish: one });
    if (one.state === 'dropped') continue;
    const { packageId, revisionId, version, move, mode } = one;
    const heard = news.find((each) => each.packageId === packageId);
    const candidate = [...(heard?.fresh ?? []), heard?.newest].find(
      (each) => each?.revisionId === revisionId,
    );
    if (!heard || !candidate) throw new Error(`${version} was wished for, and is no news`);
    const { rank, state, standing } = candidate;
    const facts = { packageId, package: heard.material, revisionId, version, move, rank, state, standing };
    const trigger = { id, kind: 'revision' as const, mode, waits: null, ...facts };
    if (one.state === 'held') pipeline.held = [...pipeline.held, trigger];
    else pipeline.triggers = [...pipeline.triggers, trigger];
  }
}
