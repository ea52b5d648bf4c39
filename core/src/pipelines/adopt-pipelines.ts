import type { Config } from '../config/config.ts';
import { appendDecisions } from '../store/decisions.ts';
import { beginListening, changeMode, endListening, type Listening, loadListenings } from '../store/listeners.ts';
import { findPackages, findWaitingPipelines, lockPipelines, upsertPipelines } from '../store/pipelines.ts';
import { endRun } from '../store/runs.ts';
import { cancelPendingStages, readOpenStages } from '../store/stages.ts';
import type { Tx } from '../store/store.ts';
import { endTriggers, readWaitingTriggers, type WaitingTrigger } from '../store/triggers.ts';
import { ChangeList, type Changes, type Move } from './changes.ts';
import { nameMaterial } from './pin-materials.ts';
import { type StartOptions, startRuns } from './start-runs.ts';

/**
 * Makes the pipelines of a configuration those of the store, and starts what can start by now. Doing it again changes nothing.
 *
 * Call it in the transaction that made the configuration the active one and its packages those of the store (`repositories` come
 * first). What waits in a pipeline that the configuration does not have any more is cancelled with a decision; a stage that runs
 * there ends by itself. A wish for a package that a pipeline listens to no more is dropped likewise.
 */
export async function adoptPipelines(tx: Tx, options: StartOptions): Promise<Changes> {
  const { config, now } = options;
  const changes = new ChangeList();
  const { ids, removed } = await upsertPipelines(tx, new Set(config.pipelines.keys()));
  const listenings = await listListenings(tx, config, ids);
  await replaceListeners(tx, listenings);
  const listened = new Set(listenings.map(({ pipelineId, packageId }) => `${pipelineId}/${packageId}`));
  const waiting = await findWaitingPipelines(tx);
  for (const pipeline of await lockPipelines(tx, [...removed, ...waiting])) {
    const move = { pipeline, now, changes };
    if (!pipeline.active) await clearPipeline(tx, move);
    else
      await dropTriggers(
        tx,
        move,
        'the pipeline does not listen to this package any more',
        (trigger) => !listened.has(`${pipeline.id}/${trigger.packageId}`),
      );
  }
  await appendDecisions(tx, changes.decisions);
  const started = await startRuns(tx, waiting, options);
  return { runs: [...changes.runs, ...started.runs], events: [...changes.events, ...started.events] };
}

async function listListenings(tx: Tx, config: Config, ids: ReadonlyMap<string, number>): Promise<readonly Listening[]> {
  const materials = [...config.pipelines.values()].flatMap((pipeline) => pipeline.materials);
  const packages = await findPackages(tx, materials);
  return [...config.pipelines.values()].flatMap(({ name, materials }) =>
    materials.map((material) => {
      const [pipelineId, packageId] = [ids.get(name), packages.get(nameMaterial(material))];
      if (pipelineId === undefined || packageId === undefined) {
        throw new Error(`${name} listens to ${nameMaterial(material)}, which the store does not have: adopt repositories first`);
      }
      return { pipelineId, packageId, mode: material.trigger };
    }),
  );
}

async function replaceListeners(tx: Tx, wanted: readonly Listening[]): Promise<void> {
  const keyOf = ({ pipelineId, packageId }: Omit<Listening, 'mode'>) => `${pipelineId}/${packageId}`;
  const active = new Map((await loadListenings(tx)).filter((known) => known.active).map((known) => [keyOf(known), known]));
  const wantedKeys = new Set(wanted.map(keyOf));
  for (const [key, known] of active) if (!wantedKeys.has(key)) await endListening(tx, known);
  await beginListening(
    tx,
    wanted.filter((listening) => !active.has(keyOf(listening))),
  );
  for (const listening of wanted) {
    const known = active.get(keyOf(listening));
    if (known && known.mode !== listening.mode) await changeMode(tx, listening);
  }
}

async function clearPipeline(tx: Tx, move: Move): Promise<void> {
  const { pipeline, now, changes } = move;
  const reason = 'the pipeline was removed from the configuration';
  await dropTriggers(tx, move, reason, () => true);
  const open = await readOpenStages(tx, pipeline.id);
  const runIds = open.map(({ runId }) => runId);
  await cancelPendingStages(tx, runIds, now);
  // What runs there ends by itself, and its run with it.
  for (const { runId, counter, label } of open.filter(({ status }) => status === 'pending')) {
    await endRun(tx, runId, 'cancelled', now);
    changes.addRun({ pipeline: pipeline.name, counter, status: 'cancelled' }, label);
    const about = { pipelineId: pipeline.id, packageId: null, version: null, materials: {}, runId };
    changes.addDecision({ at: now, outcome: 'refused', reason: `${reason} while run ${counter} waited for its turn`, ...about });
  }
}

async function dropTriggers(tx: Tx, move: Move, reason: string, isDropped: (trigger: WaitingTrigger) => boolean): Promise<void> {
  const triggers = (await readWaitingTriggers(tx, move.pipeline.id)).filter(isDropped);
  await endTriggers(
    tx,
    triggers.map(({ id }) => id),
    { state: 'dropped' },
  );
  for (const trigger of triggers) {
    move.changes.addDecision({
      at: move.now,
      pipelineId: move.pipeline.id,
      packageId: trigger.packageId,
      version: trigger.version,
      outcome: 'refused',
      reason,
      materials: { [trigger.package]: trigger.version },
      runId: null,
    });
  }
}
