import type { Config } from '../../config/config.ts';
import type { WaitingTrigger } from '../../store/triggers.ts';
import { type Candidate, isSound, toCandidate } from './candidate.ts';
import { describeWait } from './describe-wait.ts';
import { type Floor, findLower, isOlder } from './floor.ts';
import { hashSet } from './hash-set.ts';
import type { ListCandidates } from './list-candidates.ts';
import type { ResolvedMaterial } from './resolve-materials.ts';
import { type FoundSet, searchSet } from './search.ts';
import type { SharedReads } from './shared-reads.ts';

/** The most candidates that one search looks at. */
const mostSteps = 1_000;

/** What choosing a set for a pipeline needs, the same for all triggers of one look. */
export interface ChoosingContext {
  readonly materials: readonly ResolvedMaterial[];
  readonly list: ListCandidates;
  readonly reads: SharedReads;
  readonly floor: Floor | undefined;
  /** The counter of the run that a set, by its name, has started already. */
  readonly findStarted: (hash: string) => Promise<number | undefined>;
  readonly config: Config;
}

/** The set that a trigger starts, or why it starts none: now (`waits`, `held`), or ever (`superseded`). */
export type ChosenSet =
  | ({ readonly kind: 'found'; readonly hash: string } & FoundSet)
  | { readonly kind: 'waits' | 'held' | 'superseded'; readonly reason: string };

/** Chooses the newest set that agrees with what a trigger brings, and that was not started yet. */
export async function chooseSet(trigger: WaitingTrigger, context: ChoosingContext): Promise<ChosenSet> {
  const { materials, list, reads, config } = context;
  const position = materials.findIndex((resolved) => isOf(resolved, trigger));
  const anchor = await readAnchor(reads, trigger);
  if (position < 0 || !anchor) return { kind: 'superseded', reason: `${describe(trigger)} is not there any more` };
  if (!isSound(anchor))
    return { kind: 'held', reason: `${describe(trigger)} has a revision behind it that is withdrawn or republished` };
  const floor = trigger.mode === 'latest' ? context.floor : undefined;
  const lower = await describeLower(reads, anchor, floor);
  if (lower) return { kind: 'superseded', reason: lower };
  const anchors = new Map([[position, anchor]]);
  let older = false;
  const found = await searchSet({
    ...{ materials, anchors, list, steps: mostSteps },
    admits: (candidate) => !findLower(candidate, floor),
    accepts(provenance) {
      const is = isOlder(provenance, floor);
      older ||= is;
      return !is;
    },
  });
  if (found.kind === 'given up') {
    return {
      kind: 'waits',
      reason: `the search for a set that agrees with ${describe(trigger)} was given up after ${mostSteps} steps`,
    };
  }
  if (found.kind === 'none' && older && floor) {
    const what = `what goes with ${describe(trigger)} has the revisions of run ${floor.counter}, from older runs`;
    return { kind: 'superseded', reason: `${what}, and trigger: latest never goes back` };
  }
  if (found.kind === 'none') return { kind: 'waits', reason: await describeWait(reads, { materials, anchors, list }, config) };
  // Each revision that `every` waits for is to have a run of its own, and waits once.
  if (trigger.kind === 'revision' && trigger.mode === 'every') return { ...found, hash: await nameSet(reads, found.candidates) };
  return refuseSecond(found, context);
}

async function refuseSecond(found: FoundSet, { findStarted, reads }: ChoosingContext): Promise<ChosenSet> {
  const hash = await nameSet(reads, found.candidates);
  const counter = await findStarted(hash);
  if (counter !== undefined)
    return { kind: 'superseded', reason: `the same set of materials has started run ${counter} already` };
  return { kind: 'found', hash, candidates: found.candidates, provenance: found.provenance };
}

/** The set's name in the record of those that were started; see {@link hashSet}. */
async function nameSet(reads: SharedReads, candidates: readonly Candidate[]): Promise<string> {
  const packageIds = candidates.flatMap((candidate) => ('revision' in candidate ? [candidate.revision.packageId] : []));
  return hashSet(candidates, await reads.moves(packageIds));
}

function isOf(resolved: ResolvedMaterial, trigger: WaitingTrigger): boolean {
  if (trigger.kind === 'revision') return 'packageId' in resolved && resolved.packageId === trigger.packageId;
  return 'pipelineId' in resolved && resolved.pipelineId === trigger.upstreamId && resolved.material.stage === trigger.stage;
}

async function readAnchor(reads: SharedReads, trigger: WaitingTrigger): Promise<Candidate | undefined> {
  if (trigger.kind === 'revision') {
    const revision = await reads.revision(trigger.revisionId);
    return revision && toCandidate(revision);
  }
  const { upstreamId: pipelineId, stage, runId } = trigger;
  const [run] = await reads.passedRuns({ pipelineId, stage, runId, limit: 1 });
  return run;
}

/** What a trigger brings, for people. */
export function describe(trigger: WaitingTrigger): string {
  return trigger.kind === 'revision' ? `${trigger.package} ${trigger.version}` : `${trigger.upstream} ${trigger.counter}`;
}

async function describeLower(reads: SharedReads, anchor: Candidate, floor: Floor | undefined): Promise<string | undefined> {
  const found = findLower(anchor, floor);
  if (!found || !floor) return undefined;
  const names = await reads.names([found.lower.revisionId, found.than.revisionId]);
  const [lower, than] = [names.get(found.lower.revisionId), names.get(found.than.revisionId)];
  return `${lower?.package} ${lower?.version} is lower than ${than?.version}, which run ${floor.counter} had, and trigger: latest never goes down`;
}
