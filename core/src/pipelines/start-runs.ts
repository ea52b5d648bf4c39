import type { Config, PipelineConfig } from '../config/config.ts';
import { appendDecisions } from '../store/decisions.ts';
import { isConfigurationActive } from '../store/nodes.ts';
import { readPinnable } from '../store/pinnable.ts';
import { type LockedPipeline, lockPipelines } from '../store/pipelines.ts';
import { readOpenStages } from '../store/stages.ts';
import type { Tx } from '../store/store.ts';
import { endTriggers, readWaitingTriggers, type WaitingTrigger } from '../store/triggers.ts';
import { admitStages } from './admit-stages.ts';
import { ChangeList, type Changes, type Move } from './changes.ts';
import { type Choice, chooseTriggers } from './choose-triggers.ts';
import { createRun } from './create-run.ts';
import { type PinSources, pinMaterials, type SecretFields } from './pin-materials.ts';
import { sayWaiting } from './say-waiting.ts';

/** What starting runs needs. */
export interface StartOptions {
  readonly config: Config;
  /** Secret settings are not kept with a run: they are read from the configuration at the moment of use. */
  readonly secretFields: SecretFields;
  readonly now: number;
}

/**
 * Starts what can start in some pipelines: lets runs into stages that are free, and starts runs from waiting triggers.
 *
 * Call it in the transaction that changed something these pipelines depend on: that inserted triggers, and for every pipeline that
 * listens to a package whose revisions, or their state or standing, changed: a run may wait for that material's first revision, or be
 * held for one that is acknowledged, or published again, by now.
 * The pipelines are locked to the end of the transaction. What stays waiting gets a decision once. A node whose configuration is not
 * the active one moves runs on, and starts none.
 */
export async function startRuns(tx: Tx, pipelineIds: readonly number[], options: StartOptions): Promise<Changes> {
  const changes = new ChangeList();
  const pipelines = await lockPipelines(tx, pipelineIds);
  const mayStart = pipelines.length > 0 && (await isConfigurationActive(tx, options.config.hash));
  for (const pipeline of pipelines) {
    const move = { pipeline, now: options.now, changes };
    const definition = options.config.pipelines.get(pipeline.name);
    await admitStages(tx, move);
    if (mayStart && pipeline.active && definition && (await startRun(tx, move, definition, options))) await admitStages(tx, move);
  }
  await appendDecisions(tx, changes.decisions);
  return changes;
}

/** At most one run starts, since that occupies the first stage. */
async function startRun(tx: Tx, move: Move, definition: PipelineConfig, sources: PinSources): Promise<boolean> {
  const waiting = await readWaitingTriggers(tx, move.pipeline.id);
  if (waiting.length === 0) return false;
  const choice = chooseTriggers(waiting, (name) => acceptedOf(sources.config, name));
  await supersede(tx, move, choice);
  await sayWaiting(
    tx,
    move,
    'held',
    choice.held.map(({ trigger, because }) => ({ trigger, reason: describeHold(trigger, because) })),
  );
  const obstacle = describePause(move.pipeline) ?? (await describeOccupation(tx, move.pipeline, definition));
  if (obstacle) {
    await sayWaiting(tx, move, obstacle.kind, giveReason([...choice.taken, ...choice.later], obstacle.reason));
    return false;
  }
  if (choice.taken.length === 0) return false;
  return startFrom(tx, move, definition, choice, sources);
}

async function startFrom(tx: Tx, move: Move, definition: PipelineConfig, choice: Choice, sources: PinSources): Promise<boolean> {
  const { pipeline, now, changes } = move;
  const { taken, later } = choice;
  const revisions = await readPinnable(
    tx,
    taken.map(({ revisionId }) => revisionId),
  );
  const chosen = new Map([...revisions.values()].map((revision) => [revision.packageId, revision]));
  const pinned = await pinMaterials(tx, { id: pipeline.id, definition }, chosen, sources);
  if (pinned.missing) {
    const reason = `there is no version yet that could go with it: ${pinned.missing.join(', ')}`;
    await sayWaiting(tx, move, 'missing', giveReason([...taken, ...later], reason));
    return false;
  }
  const cause = taken.map(describeCause).join('; ');
  const run = await createRun(tx, move, { definition, pins: pinned.pins, cause, environment: {} });
  await endTriggers(
    tx,
    taken.map(({ id }) => id),
    { state: 'started', runId: run.id },
  );
  for (const { packageId, version } of taken) {
    const { id: runId, materials } = run;
    changes.addDecision({
      at: now,
      pipelineId: pipeline.id,
      packageId,
      version,
      outcome: 'started',
      reason: cause,
      materials,
      runId,
    });
  }
  await sayWaiting(tx, move, 'busy', giveReason(later, `it takes its turn after run ${run.counter}`));
  return true;
}

async function supersede(tx: Tx, { pipeline, now, changes }: Move, { superseded }: Choice): Promise<void> {
  await endTriggers(
    tx,
    superseded.map(({ trigger }) => trigger.id),
    { state: 'superseded' },
  );
  for (const { trigger, by } of superseded) {
    changes.addDecision({
      at: now,
      pipelineId: pipeline.id,
      packageId: trigger.packageId,
      version: trigger.version,
      outcome: 'superseded',
      reason: `${by.package} ${by.version} is newer, and starts in its place`,
      materials: { [trigger.package]: trigger.version },
      runId: null,
    });
  }
}

interface Obstacle {
  readonly kind: 'paused' | 'busy';
  readonly reason: string;
}

function describePause({ pausedAt, pausedReason }: LockedPipeline): Obstacle | undefined {
  if (pausedAt === null) return undefined;
  return { kind: 'paused', reason: pausedReason ? `the pipeline is paused: ${pausedReason}` : 'the pipeline is paused' };
}

/** A run that is held at its first stage does not stand in the way of others. */
async function describeOccupation(tx: Tx, { id }: LockedPipeline, { stages }: PipelineConfig): Promise<Obstacle | undefined> {
  const open = await readOpenStages(tx, id);
  const occupant = open.find(({ position, name, heldAt }) => heldAt === null && (position === 0 || name === stages[0]?.name));
  if (!occupant) return undefined;
  const does = occupant.status === 'running' ? 'is in' : 'waits for';
  return { kind: 'busy', reason: `run ${occupant.counter} ${does} the stage ${occupant.name}` };
}

function giveReason(triggers: readonly WaitingTrigger[], reason: string) {
  return triggers.map((trigger) => ({ trigger, reason }));
}

function describeHold({ package: name, version }: WaitingTrigger, because: string): string {
  return `${name} ${version} is ${because}; it starts nothing for as long as it is`;
}

function describeCause({ package: name, version, move }: WaitingTrigger): string {
  return move > 0 ? `${name} now points to ${version}` : `${name} ${version} was published`;
}

function acceptedOf(config: Config, packageName: string) {
  const [repository = '', name = ''] = packageName.split('/');
  return config.repositories.get(repository)?.packages.get(name)?.accept ?? [];
}
