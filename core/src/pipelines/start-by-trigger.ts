import type { PipelineConfig } from '../config/config.ts';
import { isPipelineMaterial } from '../config/materials.ts';
import { claimSets, findStartedSet } from '../store/provenance.ts';
import type { Tx } from '../store/store.ts';
import { endTriggers, fulfilTriggers, type WaitingTrigger } from '../store/triggers.ts';
import { aboutTaken, aboutTrigger } from './about-trigger.ts';
import type { Move } from './changes.ts';
import { createRuns, type RunWish } from './create-runs.ts';
import { type ChoosingContext, chooseSet } from './fan-in/choose-set.ts';
import { findFloor } from './fan-in/floor.ts';
import { createCandidateList } from './fan-in/list-candidates.ts';
import { type PreferredSet, preferNewest } from './fan-in/prefer-newest.ts';
import { listAccepted, resolveMaterials } from './fan-in/resolve-materials.ts';
import { remember } from './fan-in/shared-reads.ts';
import { findObstacle } from './obstacles.ts';
import { pinMaterials } from './pin-materials.ts';
import { type JudgedTrigger, queueTriggers } from './queue-triggers.ts';
import { sayWaiting } from './say-waiting.ts';
import type { LookOptions, StartOptions } from './start-runs.ts';

/** How many triggers of `latest` wait for each material of a pipeline with upstream pipelines; older ones are superseded. */
const keptForFanIn = 20;
/** How many triggers of `every` one look tries to find a set for. */
const mostTried = 500;

/** A run that waiting triggers of a pipeline start. */
export interface TriggeredRun extends RunWish {
  /** The set's name; see `hashSet`. */
  readonly hash: string;
  readonly taken: readonly WaitingTrigger[];
  /** Whether triggers are left that may start another. */
  readonly more: boolean;
}

/**
 * Chooses what the waiting triggers of a pipeline start, if that can start now, and says of the others what they wait for. `isQuiet`
 * where none of its runs is open.
 */
export async function chooseByTrigger(
  tx: Tx,
  move: Move,
  { definition, isQuiet }: { readonly definition: PipelineConfig; readonly isQuiet: boolean },
  options: LookOptions,
): Promise<TriggeredRun | undefined> {
  const waiting = (await options.reads.waitingTriggers(move.pipeline.id)) ?? [];
  if (waiting.length === 0) return undefined;
  const kept = definition.materials.some(isPipelineMaterial) ? keptForFanIn : 1;
  const queue = queueTriggers(waiting, (name) => acceptedOf(options, name), kept);
  await supersede(tx, move, queue.superseded);
  await sayWaiting(tx, move, 'held', queue.held);
  if (queue.next.length === 0) return undefined;
  const obstacle = await findObstacle(tx, move, { isQuiet });
  if (obstacle) {
    await sayWaiting(tx, move, obstacle.kind, giveReason(queue.next, obstacle.reason));
    return undefined;
  }
  return chooseFirst(tx, move, { definition, queue: queue.next }, options);
}

interface Wanted {
  readonly definition: PipelineConfig;
  readonly queue: readonly WaitingTrigger[];
}

/** Takes the first trigger for which a set agrees, and says of those before it what they wait for. */
async function chooseFirst(
  tx: Tx,
  move: Move,
  { definition, queue }: Wanted,
  options: LookOptions,
): Promise<TriggeredRun | undefined> {
  const context = await prepare(tx, move, definition, options);
  if ('unknown' in context) {
    await sayWaiting(tx, move, 'missing', giveReason(queue, `there is no version yet that could go with it: ${context.unknown}`));
    return undefined;
  }
  const [every, latest] = [queue.filter(({ mode }) => mode === 'every'), queue.filter(({ mode }) => mode === 'latest')];
  for (const trigger of [...every.slice(0, mostTried), ...latest]) {
    const chosen = await chooseSet(trigger, context);
    if (chosen.kind === 'found') {
      const preferred = await preferNewest({ anchor: trigger, chosen }, queue, context);
      return describeRun(move, { ...preferred, definition, queue, context }, options);
    }
    if (chosen.kind === 'superseded') await supersede(tx, move, [{ trigger, reason: chosen.reason }]);
    else
      await sayWaiting(tx, move, chosen.kind === 'held' ? 'held' : `set: ${chosen.reason}`, [{ trigger, reason: chosen.reason }]);
  }
  return undefined;
}

async function prepare(
  tx: Tx,
  { pipeline }: Move,
  definition: PipelineConfig,
  { config, reads, materialIds }: LookOptions,
): Promise<ChoosingContext | { readonly unknown: string }> {
  const { materials, unknown } = resolveMaterials(definition, config, await materialIds());
  if (unknown.length > 0) return { unknown: unknown.join(', ') };
  const { id } = pipeline;
  return {
    ...{ materials, reads, config, list: createCandidateList(reads) },
    floor: findFloor(await reads.lastAutomatic(id)),
    findStarted: remember((hash: string) => findStartedSet(tx, id, hash)),
  };
}

interface Starting extends Wanted, PreferredSet {
  readonly context: ChoosingContext;
}

/** All triggers that the set fulfils start the run. */
async function describeRun(move: Move, starting: Starting, options: LookOptions): Promise<TriggeredRun> {
  const { definition, queue, context, chosen, taken } = starting;
  const { candidates, provenance, hash } = chosen;
  const previous = await options.reads.previousPins(move.pipeline.id);
  const pins = pinMaterials(previous, context.materials, candidates, options);
  const cause = taken.map(describeCause).join('; ');
  const startedBy = taken.some(({ mode }) => mode === 'every') ? 'every' : 'latest';
  const by = { startedBy, person: undefined, overridden: false, environment: {} } as const;
  const explain: RunWish['explain'] = ({ id, materials }) => [
    { ...aboutTaken(move, taken), materials, runId: id, outcome: 'started', reason: cause },
  ];
  return { move, definition, pins, provenance, cause, explain, ...by, hash, taken, more: taken.length < queue.length };
}

/** Starts what triggers of pipelines chose, one run in each. */
export async function startChosen(tx: Tx, chosen: readonly TriggeredRun[]): Promise<void> {
  const started = await createRuns(tx, chosen);
  await claimSets(
    tx,
    started.map(({ wish: { move, hash }, run }) => ({ pipelineId: move.pipeline.id, hash, counter: run.counter })),
  );
  await fulfilTriggers(
    tx,
    started.flatMap(({ wish }) => wish.taken.map(({ id }) => id)),
  );
}

async function supersede(tx: Tx, move: Move, superseded: readonly JudgedTrigger[]): Promise<void> {
  await endTriggers(
    tx,
    superseded.map(({ trigger }) => trigger.id),
    'superseded',
  );
  for (const { trigger, reason } of superseded) {
    move.changes.addDecision({ ...aboutTrigger(move, trigger), outcome: 'superseded', reason, runId: null });
  }
}

function giveReason(triggers: readonly WaitingTrigger[], reason: string): readonly JudgedTrigger[] {
  return triggers.map((trigger) => ({ trigger, reason }));
}

function describeCause(trigger: WaitingTrigger): string {
  if (trigger.kind === 'pass') return `${trigger.upstream} ${trigger.counter} passed ${trigger.stage}`;
  const { package: name, version, move } = trigger;
  return move > 0 ? `${name} now points to ${version}` : `${name} ${version} was published`;
}

function acceptedOf({ config }: StartOptions, packageName: string) {
  const [repository = '', name = ''] = packageName.split('/');
  return listAccepted(config, { repository, package: name });
}
