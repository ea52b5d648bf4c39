import type { Config, PipelineConfig } from '../config/config.ts';
import { isPipelineMaterial, listPackageMaterials, nameMaterial } from '../config/materials.ts';
import { readApprovals } from '../store/approvals.ts';
import { appendDecisions } from '../store/decisions.ts';
import { type Dependency, replaceDependencies } from '../store/dependencies.ts';
import { beginListening, changeMode, endListening, type Listening, loadListenings } from '../store/listeners.ts';
import { type AskedStage, readAskedStages, readOpenRuns } from '../store/open-stages.ts';
import { findPackages, findWaitingPipelines, lockPipelines, patchPipeline, upsertPipelines } from '../store/pipelines.ts';
import { setExpiry } from '../store/stages.ts';
import type { Tx } from '../store/store.ts';
import { endTriggers, readWaitingTriggers, type WaitingTrigger } from '../store/triggers.ts';
import { aboutTrigger } from './about-trigger.ts';
import { beginMove, ChangeList, type Changes, type Move } from './changes.ts';
import { endWaiting } from './stages/end-waiting.ts';
import { letIn } from './stages/let-in.ts';
import { findApproval } from './stages/stage-at-hand.ts';
import { weighWords } from './stages/weigh-words.ts';
import { type StartOptions, startRuns } from './start-runs.ts';

/**
 * Makes the pipelines of a configuration those of the store, and starts what can start by now. Doing it again changes nothing.
 *
 * Call it in the transaction that made the configuration the active one and its packages those of the store (`repositories` come
 * first). What waits in a pipeline that the configuration does not have any more is cancelled with a decision; a stage that runs
 * there ends by itself. A wish for a material that a pipeline listens to no more is dropped likewise.
 */
export async function adoptPipelines(tx: Tx, options: StartOptions): Promise<Changes> {
  const { config } = options;
  const changes = new ChangeList();
  const { ids, removed } = await upsertPipelines(tx, new Set(config.pipelines.keys()));
  await replaceListeners(tx, await listListenings(tx, config, ids));
  await replaceDependencies(tx, listDependencies(config, ids));
  const timed = await setTimers(tx, ids, options);
  const waiting = await findWaitingPipelines(tx);
  const asking = await readAskedStages(tx, waiting);
  for (const pipeline of await lockPipelines(tx, [...removed, ...waiting])) {
    const move = beginMove(pipeline, options, changes);
    if (!pipeline.active || !move.definition) {
      await clearPipeline(tx, move);
      continue;
    }
    await dropUnheard(tx, move, move.definition);
    for (const stage of asking.get(pipeline.id) ?? []) await askAnew(tx, move, stage);
  }
  await appendDecisions(tx, changes.decisions);
  const started = await startRuns(tx, [...waiting, ...timed], options);
  return { runs: [...changes.runs, ...started.runs], events: [...changes.events, ...started.events] };
}

async function listListenings(tx: Tx, config: Config, ids: ReadonlyMap<string, number>): Promise<readonly Listening[]> {
  const packages = await findPackages(tx, [...config.pipelines.values()].flatMap(listPackageMaterials));
  return [...config.pipelines.values()].flatMap((definition) =>
    listPackageMaterials(definition).map((material) => {
      const [pipelineId, packageId] = [ids.get(definition.name), packages.get(nameMaterial(material))];
      if (pipelineId === undefined || packageId === undefined) {
        const what = `${definition.name} listens to ${nameMaterial(material)}`;
        throw new Error(`${what}, which the store does not have: adopt repositories first`);
      }
      return { pipelineId, packageId, mode: material.trigger };
    }),
  );
}

function listDependencies(config: Config, ids: ReadonlyMap<string, number>): readonly Dependency[] {
  return [...config.pipelines.values()].flatMap(({ name, materials }) =>
    materials.filter(isPipelineMaterial).map(({ pipeline, stage, trigger }) => {
      const [pipelineId, upstreamId] = [ids.get(name), ids.get(pipeline)];
      if (pipelineId === undefined || upstreamId === undefined) throw new Error(`${name} needs ${pipeline}, which there is not`);
      return { pipelineId, upstreamId, stage, mode: trigger };
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

/** A timer that did not change keeps its moment, even one that came while nobody was there; answers the pipelines that have one. */
async function setTimers(
  tx: Tx,
  ids: ReadonlyMap<string, number>,
  { config, calendar, now }: StartOptions,
): Promise<readonly number[]> {
  const timed = [...config.pipelines.values()]
    .filter(({ timer }) => timer !== undefined)
    .flatMap(({ name }) => ids.get(name) ?? []);
  for (const { id, name, timerSpec } of await lockPipelines(tx, [...ids.values()])) {
    const timer = config.pipelines.get(name)?.timer;
    const spec = timer ? `${timer.cron} ${config.timezone}` : null;
    if (spec === timerSpec) continue;
    const at = timer ? (calendar.findNext(timer.cron, now) ?? null) : null;
    await patchPipeline(tx, id, { timer: { at, spec } });
  }
  return timed;
}

async function dropUnheard(tx: Tx, move: Move, { materials }: PipelineConfig): Promise<void> {
  const isHeard = (trigger: WaitingTrigger) =>
    materials.some((material) =>
      trigger.kind === 'pass'
        ? isPipelineMaterial(material) && material.pipeline === trigger.upstream && material.stage === trigger.stage
        : nameMaterial(material) === trigger.package,
    );
  await dropTriggers(tx, move, 'the pipeline does not listen to this any more', (trigger) => !isHeard(trigger));
}

/** A run that waits for approval goes by the configuration in force: who approves, how many, until when, or nobody any more. */
async function askAnew(tx: Tx, move: Move, stage: AskedStage): Promise<void> {
  const { id, runId, person, counter, name, readyAt, expiresAt } = stage;
  const approval = findApproval(move.definition, name);
  if (!approval) return;
  const { isEnough } = weighWords(await readApprovals(tx, [id]), move, { approval, triggeredBy: person });
  if (isEnough) {
    const reason = `run ${counter} needs no more approvals for ${name}, as the configuration is now`;
    return letIn(tx, { move, runId, stage }, reason);
  }
  const expiresMs = approval.type === 'manual' ? approval.expiresMs : undefined;
  const expires = expiresMs === undefined ? null : readyAt + expiresMs;
  if (expires !== expiresAt) await setExpiry(tx, id, expires);
}

async function clearPipeline(tx: Tx, move: Move): Promise<void> {
  const reason = 'the pipeline was removed from the configuration';
  await dropTriggers(tx, move, reason, () => true);
  for (const stage of await readOpenRuns(tx, move.pipeline.id)) {
    const why = `${reason} while run ${stage.counter} waited to enter ${stage.name}`;
    await endWaiting(tx, move, stage, { outcome: 'refused', reason: why });
  }
}

async function dropTriggers(tx: Tx, move: Move, reason: string, isDropped: (trigger: WaitingTrigger) => boolean): Promise<void> {
  const { id } = move.pipeline;
  const all = [...(await readWaitingTriggers(tx, id)), ...(await readWaitingTriggers(tx, id, 'held'))];
  const triggers = all.filter(isDropped);
  await endTriggers(
    tx,
    triggers.map((trigger) => trigger.id),
    'dropped',
  );
  for (const trigger of triggers) {
    move.changes.addDecision({ ...aboutTrigger(move, trigger), outcome: 'refused', reason, runId: null });
  }
}
