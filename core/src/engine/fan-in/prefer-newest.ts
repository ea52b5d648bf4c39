import type { WaitingTrigger } from '../../domain/trigger.ts';
import type { Deciding } from '../question.ts';
import type { Candidate } from './candidate.ts';
import { type Choosing, chooseSet, type NamedSet } from './choose.ts';

/** A trigger, and the set that it starts. */
export interface AnchoredSet {
  readonly anchor: WaitingTrigger;
  readonly chosen: NamedSet;
}

/** A set to be started, and the triggers that it fulfils. */
export interface PreferredSet extends AnchoredSet {
  readonly taken: readonly WaitingTrigger[];
}

/**
 * Sees to it that no trigger of `latest` is spent on an older set than it could start itself: a newer one is
 * started first, in place of that of another `latest`. Of `every`, whose turn it is goes first; who could
 * start something newer then waits on.
 */
export function* preferNewest(
  first: AnchoredSet,
  queue: readonly WaitingTrigger[],
  choosing: Choosing,
): Deciding<PreferredSet> {
  let best = first;
  const asked = new Set([first.anchor]);
  const kept = new Set<WaitingTrigger>();
  const findNext = () =>
    queue.find((one) => one.mode === 'latest' && !asked.has(one) && isFulfilled(one, best));
  for (let other = findNext(); other; other = findNext()) {
    asked.add(other);
    const chosen = yield* chooseSet(other, choosing);
    if (chosen.kind !== 'found' || chosen.hash === best.chosen.hash) continue;
    if (best.anchor.mode === 'latest') best = { anchor: other, chosen };
    else kept.add(other);
  }
  return { ...best, taken: queue.filter((trigger) => isFulfilled(trigger, best) && !kept.has(trigger)) };
}

function isFulfilled(trigger: WaitingTrigger, { anchor, chosen }: AnchoredSet): boolean {
  return trigger === anchor || chosen.candidates.some((candidate) => isWhat(trigger, candidate));
}

/** Each revision that `every` waits for is to have a run of its own. */
function isWhat(trigger: WaitingTrigger, candidate: Candidate): boolean {
  if (trigger.kind === 'pass') return 'run' in candidate && candidate.run.id === trigger.runId;
  return trigger.mode === 'latest' && 'revision' in candidate && candidate.revision.id === trigger.revisionId;
}
