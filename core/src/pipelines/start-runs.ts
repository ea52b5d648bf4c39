import type { Config, PipelineConfig } from '../config/config.ts';
import { appendDecisions } from '../store/decisions.ts';
import { readHold } from '../store/hold.ts';
import { isConfigurationActive } from '../store/nodes.ts';
import { findStirring, lockPipelines, patchPipeline, type Stirring } from '../store/pipelines.ts';
import type { Tx } from '../store/store.ts';
import type { Calendar } from './calendar.ts';
import { beginMove, ChangeList, type Changes, type Move } from './changes.ts';
import { findMaterialIds, type MaterialIds } from './fan-in/resolve-materials.ts';
import { type LookReads, readForLook } from './look-reads.ts';
import type { SecretFields } from './pin-materials.ts';
import { admitStages, earliest } from './stages/admit-stages.ts';
import { startByTimer } from './start-by-timer.ts';
import { chooseByTrigger, startChosen, type TriggeredRun } from './start-by-trigger.ts';

/** What starting runs needs. */
export interface StartOptions {
  readonly config: Config;
  /** Secret settings are not kept with a run: they are read from the configuration at the moment of use. */
  readonly secretFields: SecretFields;
  /** In the configuration's timezone. */
  readonly calendar: Calendar;
  readonly now: number;
}

/**
 * Starts what can start in some pipelines: lets runs into stages that are free, and starts runs from waiting triggers and timers.
 *
 * Call it in the transaction that changed something these pipelines depend on: that inserted triggers, and for every pipeline that
 * listens to a package whose revisions, or their state or standing, changed, or to a stage that passed: a run may wait for that
 * material's first revision, or be held for one that is acknowledged, or published again, by now.
 * The pipelines are locked to the end of the transaction. What stays waiting gets a decision once. A node whose configuration is not
 * the active one lets nothing in, and starts nothing: it does not know who may what by now, and leaves it to one that does. While all starts are
 * held nothing starts, and no run enters a stage.
 */
export async function startRuns(tx: Tx, pipelineIds: readonly number[], options: StartOptions): Promise<Changes> {
  const changes = new ChangeList();
  const pipelines = await lockPipelines(tx, pipelineIds);
  if (pipelines.length === 0) return changes;
  // After the pipelines are locked: whoever releases what is held looks at them afterwards.
  const hold = await readHold(tx);
  const moves = pipelines.map((pipeline) => beginMove(pipeline, { ...options, hold }, changes));
  if (!(await isConfigurationActive(tx, options.config.hash))) {
    await leaveToOthers(tx, moves);
    return changes;
  }
  const stirring = await findStirring(tx, pipelineIds);
  const look: Look = { stirring, begun: new Set(), until: new Map() };
  await admit(
    tx,
    moves.filter(({ pipeline }) => stirring.stages.has(pipeline.id)),
    look,
  );
  await startAll(tx, moves.filter(isStartable), look, options);
  for (const { pipeline } of moves) {
    const lookAt = look.until.get(pipeline.id) ?? null;
    if (lookAt !== pipeline.lookAt) await patchPipeline(tx, pipeline.id, { lookAt });
  }
  await appendDecisions(tx, changes.decisions);
  return changes;
}

/** Lets a node with the active configuration look at pipelines, at once. */
async function leaveToOthers(tx: Tx, moves: readonly Move[]): Promise<void> {
  for (const { pipeline, now } of moves) {
    if (pipeline.lookAt === null || pipeline.lookAt > now) await patchPipeline(tx, pipeline.id, { lookAt: now });
  }
  tx.wake('attempts');
}

/** What is known of pipelines that are looked at together, by their ids. */
interface Look {
  readonly stirring: Stirring;
  /** Those in which this look has started a run. */
  readonly begun: Set<number>;
  /** When to look again although nothing happens. */
  readonly until: Map<number, number>;
}

async function admit(tx: Tx, moves: readonly Move[], { until }: Look): Promise<void> {
  const next = await admitStages(tx, moves);
  for (const { pipeline } of moves) setOrDelete(until, pipeline.id, next.get(pipeline.id));
}

function setOrDelete(until: Map<number, number>, id: number, at: number | undefined): void {
  if (at === undefined) until.delete(id);
  else until.set(id, at);
}

type StartableMove = Move & { readonly definition: PipelineConfig };

function isStartable(move: Move): move is StartableMove {
  return move.pipeline.active && move.definition !== undefined;
}

/** What one look at several pipelines reads once for all of them. */
export interface LookOptions extends StartOptions {
  readonly reads: LookReads;
  readonly materialIds: () => Promise<MaterialIds>;
}

async function startAll(tx: Tx, moves: readonly StartableMove[], look: Look, options: StartOptions): Promise<void> {
  let ids: Promise<MaterialIds> | undefined;
  const shared: LookOptions = {
    ...options,
    reads: readForLook(tx, [...look.stirring.triggers]),
    materialIds() {
      ids ??= findMaterialIds(
        tx,
        moves.map(({ definition }) => definition),
      );
      return ids;
    },
  };
  await startTriggered(tx, moves, look, shared);
  await startTimed(tx, moves, look, shared);
}

/** Where a first stage waits for approval, several runs of a pipeline may start in one look: one in each round. */
async function startTriggered(tx: Tx, moves: readonly StartableMove[], look: Look, options: LookOptions): Promise<void> {
  const { stirring, begun } = look;
  for (let hopeful = moves.filter(({ pipeline }) => stirring.triggers.has(pipeline.id)); hopeful.length > 0; ) {
    const chosen: TriggeredRun[] = [];
    for (const move of hopeful) {
      const { id } = move.pipeline;
      const isQuiet = !stirring.stages.has(id) && !begun.has(id);
      const run = await chooseByTrigger(tx, move, { definition: move.definition, isQuiet }, options);
      if (!run) continue;
      begun.add(id);
      chosen.push(run);
    }
    await startChosen(tx, chosen);
    await admit(
      tx,
      chosen.map(({ move }) => move),
      look,
    );
    const again = new Set(chosen.filter(({ more }) => more).map(({ move }) => move.pipeline.id));
    hopeful = hopeful.filter(({ pipeline }) => again.has(pipeline.id));
  }
}

async function startTimed(tx: Tx, moves: readonly StartableMove[], look: Look, options: LookOptions): Promise<void> {
  for (const move of moves) {
    const { id } = move.pipeline;
    const { started, next } = await startByTimer(tx, move, move.definition, options);
    if (started) await admit(tx, [move], look);
    setOrDelete(look.until, id, earliest([look.until.get(id), next]));
  }
}
