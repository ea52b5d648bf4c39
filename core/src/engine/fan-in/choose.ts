import type { Config } from '../../config/config.ts';
import { because, type ReasonOf } from '../../domain/reason.ts';
import { describeTrigger, type WaitingTrigger } from '../../domain/trigger.ts';
import { ask, type Deciding } from '../question.ts';
import { type Candidate, isSound, toCandidate } from './candidate.ts';
import type { ListCandidates } from './candidates.ts';
import { type Floor, findLower, isOlder } from './floor.ts';
import { hashSet } from './hash-set.ts';
import { findLacking } from './lacking.ts';
import type { ResolvedMaterial } from './materials.ts';
import { type FoundSet, searchSet } from './search.ts';

/** The most candidates that one search looks at. */
const mostSteps = 1_000;

/** What choosing a set for a pipeline needs, the same for all its triggers. */
export interface Choosing {
  readonly pipelineId: number;
  readonly materials: readonly ResolvedMaterial[];
  readonly list: ListCandidates;
  readonly floor: Floor | undefined;
  readonly config: Config;
}

/** A set that a trigger can start, by its name in the record of those that were started. */
export type NamedSet = FoundSet & { readonly hash: string };

/** The set that a trigger starts, or why it starts none: now (`waits`, `held`), or ever (`superseded`). */
export type ChosenSet =
  | ({ readonly kind: 'found' } & NamedSet)
  | {
      readonly kind: 'waits';
      readonly reason: ReasonOf<'search-given-up' | 'disagree' | 'no-version' | 'no-set' | 'waits-for'>;
    }
  | { readonly kind: 'held'; readonly reason: ReasonOf<'barred-behind'> }
  | {
      readonly kind: 'superseded';
      readonly reason: ReasonOf<'trigger-gone' | 'lower-version' | 'older-runs' | 'same-set'>;
    };

/** Chooses the newest set that agrees with what a trigger brings, and that was not started yet. */
export function* chooseSet(trigger: WaitingTrigger, choosing: Choosing): Deciding<ChosenSet> {
  const { materials, list, config } = choosing;
  const what = describeTrigger(trigger);
  const position = materials.findIndex((resolved) => isOf(resolved, trigger));
  const anchor = yield* findAnchor(trigger);
  if (position < 0 || !anchor) return { kind: 'superseded', reason: because('trigger-gone', what) };
  if (!isSound(anchor)) return { kind: 'held', reason: because('barred-behind', what) };
  const floor = trigger.mode === 'latest' ? choosing.floor : undefined;
  const lower = yield* describeLower(anchor, floor);
  if (lower) return { kind: 'superseded', reason: lower };
  const anchors = new Map([[position, anchor]]);
  let older = false;
  const found = yield* searchSet({
    materials,
    anchors,
    list,
    steps: mostSteps,
    admits: (candidate) => !findLower(candidate, floor),
    accepts(provenance) {
      const is = isOlder(provenance, floor);
      older ||= is;
      return !is;
    },
  });
  if (found.kind === 'found') return yield* nameFound(trigger, found, choosing);
  if (found.kind === 'given up')
    return { kind: 'waits', reason: because('search-given-up', { ...what, steps: mostSteps }) };
  if (older && floor)
    return { kind: 'superseded', reason: because('older-runs', { ...what, run: floor.counter }) };
  return { kind: 'waits', reason: yield* findLacking({ materials, anchors, list }, config) };
}

/**
 * A set starts once; but each revision that `every` waits for is to have a run of its own, and waits once.
 */
function* nameFound(trigger: WaitingTrigger, found: FoundSet, { pipelineId }: Choosing): Deciding<ChosenSet> {
  const { candidates, provenance } = found;
  const packageIds = candidates.flatMap((one) => ('revision' in one ? [one.revision.packageId] : []));
  const hash = hashSet(candidates, yield* ask('moves', packageIds));
  const isOwn = trigger.kind === 'revision' && trigger.mode === 'every';
  const run = isOwn ? undefined : yield* ask('startedSet', { pipelineId, hash });
  if (run !== undefined) return { kind: 'superseded', reason: because('same-set', { run }) };
  return { kind: 'found', hash, candidates, provenance };
}

function isOf(resolved: ResolvedMaterial, trigger: WaitingTrigger): boolean {
  if (trigger.kind === 'revision') return 'packageId' in resolved && resolved.packageId === trigger.packageId;
  const isUpstream = 'pipelineId' in resolved && resolved.pipelineId === trigger.upstreamId;
  return isUpstream && resolved.material.stage === trigger.stage;
}

function* findAnchor(trigger: WaitingTrigger): Deciding<Candidate | undefined> {
  if (trigger.kind === 'revision') {
    const revision = yield* ask('revision', trigger.revisionId);
    return revision && toCandidate(revision);
  }
  const { upstreamId: pipelineId, stage, runId } = trigger;
  return (yield* ask('passedRuns', { pipelineId, stage, runId, limit: 1 }))[0];
}

function* describeLower(
  anchor: Candidate,
  floor: Floor | undefined,
): Deciding<ReasonOf<'lower-version'> | undefined> {
  const found = findLower(anchor, floor);
  if (!found || !floor) return undefined;
  const { lower, than } = found;
  const names = yield* ask('names', [lower.revisionId, than.revisionId]);
  const [is, was] = [names.get(lower.revisionId), names.get(than.revisionId)];
  if (!is || !was) throw new Error('a revision behind a run is gone from the ledger');
  return because('lower-version', {
    package: is.package,
    version: is.version,
    than: was.version,
    run: floor.counter,
  });
}
