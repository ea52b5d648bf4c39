import type { PipelineConfig } from '../../config/config.ts';
import { isPipelineMaterial } from '../../config/materials.ts';
import type { LastAutomatic } from '../../domain/provenance.ts';
import { because, type Reason } from '../../domain/reason.ts';
import type { WaitingTrigger } from '../../domain/trigger.ts';
import type { Draft, DraftPipeline } from '../draft/draft.ts';
import { createCandidateList } from '../fan-in/candidates.ts';
import { type Choosing, chooseSet } from '../fan-in/choose.ts';
import { findFloor } from '../fan-in/floor.ts';
import { listAccepted, resolveMaterials } from '../fan-in/materials.ts';
import { type PreferredSet, preferNewest } from '../fan-in/prefer-newest.ts';
import { type FoundSet, listPackagesBehind } from '../fan-in/search.ts';
import { ask, type Deciding } from '../question.ts';
import { createRun } from './create-run.ts';
import { findObstacle } from './obstacles.ts';
import { queueTriggers } from './queue-triggers.ts';
import { aboutTaken, endTriggers, kindOfSet, sayWaiting } from './say-waiting.ts';

/**
 * How many triggers of `latest` wait for each material of a pipeline with upstream pipelines; older ones are
 * superseded.
 */
const keptForFanIn = 20;
/** How many triggers of `every` are tried at once to find a set for. */
const mostTried = 500;

/**
 * Starts what the waiting triggers of a pipeline start, if that can start now, and says of the others what
 * they wait for. Answers whether a run was started, and triggers are left that may start another.
 */
export function* startByTrigger(
  draft: Draft,
  pipeline: DraftPipeline,
  definition: PipelineConfig,
): Deciding<{ readonly started: boolean; readonly more: boolean }> {
  const nothing = { started: false, more: false };
  if (pipeline.triggers.length === 0) return nothing;
  const kept = definition.materials.some(isPipelineMaterial) ? keptForFanIn : 1;
  const queue = queueTriggers(pipeline.triggers, (name) => listAccepted(draft.inForce.config, name), kept);
  endTriggers(draft, pipeline, { state: 'superseded', outcome: 'superseded' }, queue.superseded);
  sayWaiting(draft, pipeline, 'held', queue.held);
  if (queue.next.length === 0) return nothing;
  const obstacle = findObstacle(draft, pipeline);
  if (obstacle) {
    sayWaiting(draft, pipeline, obstacle.code, give(queue.next, obstacle));
    return nothing;
  }
  const choosing = prepare(draft, pipeline, definition);
  if ('code' in choosing) {
    sayWaiting(draft, pipeline, 'missing', give(queue.next, choosing));
    return nothing;
  }
  const chosen = yield* chooseFirst(draft, pipeline, queue.next, choosing);
  if (!chosen) return nothing;
  return {
    started: true,
    more: yield* start(draft, pipeline, { definition, choosing, chosen, queue: queue.next }),
  };
}

function give(triggers: readonly WaitingTrigger[], reason: Reason) {
  return triggers.map((trigger) => ({ trigger, reason }));
}

function prepare(draft: Draft, pipeline: DraftPipeline, definition: PipelineConfig) {
  const { config } = draft.inForce;
  const { materials, unknown } = resolveMaterials(definition, config, draft.situation.materialIds);
  if (unknown.length > 0) return because('no-version', { materials: unknown });
  const floor = findFloor(pipeline.lastAutomatic);
  return { pipelineId: pipeline.id, materials, list: createCandidateList(), floor, config };
}

/** Takes the first trigger for which a set agrees, and says of those before it what they wait for. */
function* chooseFirst(
  draft: Draft,
  pipeline: DraftPipeline,
  queue: readonly WaitingTrigger[],
  choosing: Choosing,
): Deciding<PreferredSet | undefined> {
  const every = queue.filter(({ mode }) => mode === 'every');
  const latest = queue.filter(({ mode }) => mode === 'latest');
  for (const trigger of [...every.slice(0, mostTried), ...latest]) {
    const chosen = yield* chooseSet(trigger, choosing);
    if (chosen.kind === 'found') return yield* preferNewest({ anchor: trigger, chosen }, queue, choosing);
    const { kind, reason } = chosen;
    if (kind === 'superseded')
      endTriggers(draft, pipeline, { state: kind, outcome: kind }, [{ trigger, reason }]);
    else sayWaiting(draft, pipeline, kind === 'held' ? kind : kindOfSet(reason), [{ trigger, reason }]);
  }
  return undefined;
}

interface Starting {
  readonly definition: PipelineConfig;
  readonly choosing: Choosing;
  readonly chosen: PreferredSet;
  readonly queue: readonly WaitingTrigger[];
}

/** All triggers that the set fulfils start the run. Answers whether others are left. */
function* start(
  draft: Draft,
  pipeline: DraftPipeline,
  { definition, choosing, chosen, queue }: Starting,
): Deciding<boolean> {
  const { chosen: set, taken } = chosen;
  const startedBy = taken.some(({ mode }) => mode === 'every') ? 'every' : 'latest';
  const { materials } = choosing;
  const run = createRun(draft, pipeline, {
    definition,
    materials,
    set,
    cause: describeCause(taken),
    startedBy,
    about: aboutTaken(taken),
  });
  draft.add({ kind: 'set started', pipelineId: pipeline.id, hash: set.hash, counter: run.counter });
  draft.startedSets.set(`${pipeline.id} ${set.hash}`, run.counter);
  for (const { id } of taken) draft.add({ kind: 'trigger fulfilled', id, runId: run.id });
  pipeline.triggers = pipeline.triggers.filter((trigger) => !taken.some(({ id }) => id === trigger.id));
  const isMore = taken.length < queue.length;
  if (isMore) pipeline.lastAutomatic = yield* noteAutomatic(run.counter, set);
  return isMore;
}

function describeCause(taken: readonly WaitingTrigger[]): Reason {
  const [first, ...rest] = taken.map(describeOne);
  if (!first) throw new Error('a run is started by a trigger at least');
  return rest.length === 0 ? first : because('together', { all: [first, ...rest] });
}

function describeOne(trigger: WaitingTrigger): Reason {
  if (trigger.kind === 'pass') {
    return because('passed', { pipeline: trigger.upstream, run: trigger.counter, stage: trigger.stage });
  }
  const { package: name, version, move } = trigger;
  return because(move > 0 ? 'pointer-moved' : 'published', { package: name, version });
}

/** What the next one may not go below. */
function* noteAutomatic(counter: number, set: FoundSet): Deciding<LastAutomatic> {
  const behind = listPackagesBehind(set);
  const followers = yield* ask(
    'followers',
    behind.map(({ packageId }) => packageId),
  );
  const packages = behind.map((one) => ({ ...one, isFollower: followers.has(one.packageId) }));
  return { counter, behind: packages, pipelines: set.provenance.pipelines };
}
