import type { PipelineConfig } from '../config/config.ts';
import { nameMaterial } from '../config/materials.ts';
import { patchPipeline } from '../store/pipelines.ts';
import type { Tx } from '../store/store.ts';
import type { Move } from './changes.ts';
import { createRun, type RunWish } from './create-runs.ts';
import { describeWait } from './fan-in/describe-wait.ts';
import { createCandidateList } from './fan-in/list-candidates.ts';
import { resolveMaterials } from './fan-in/resolve-materials.ts';
import { type FoundSet, searchSet } from './fan-in/search.ts';
import { findObstacle } from './obstacles.ts';
import { pinMaterials } from './pin-materials.ts';
import type { LookOptions } from './start-runs.ts';

const mostSteps = 1_000;

/** What a look at a pipeline's timer came to, and when to look again, in milliseconds. */
export interface Timed {
  readonly started: boolean;
  readonly next: number | undefined;
}

/**
 * Starts a run whose timer has come, of the newest materials that agree. One that cannot start now stays due, so that it is not lost
 * over a pause or a restart; many moments that passed meanwhile are one.
 */
export async function startByTimer(tx: Tx, move: Move, definition: PipelineConfig, options: LookOptions): Promise<Timed> {
  const { pipeline, now, calendar } = move;
  const { timer } = definition;
  if (!timer || pipeline.timerAt === null) return { started: false, next: undefined };
  if (pipeline.timerAt > now) return { started: false, next: pipeline.timerAt };
  const result = await tryTimer(tx, move, definition, options);
  if ('waits' in result) {
    await sayTimerWaits(tx, move, result);
    return { started: false, next: undefined };
  }
  const next = calendar.findNext(timer.cron, now);
  await patchPipeline(tx, pipeline.id, { timer: { at: next ?? null, spec: pipeline.timerSpec } });
  return { started: result.started, next };
}

async function tryTimer(tx: Tx, move: Move, definition: PipelineConfig, options: LookOptions) {
  const obstacle = await findObstacle(tx, move, { isQuiet: false });
  if (obstacle) return { waits: obstacle.kind, reason: obstacle.reason };
  const { materials, unknown } = resolveMaterials(definition, options.config, await options.materialIds());
  if (unknown.length > 0) return { waits: 'missing', reason: `there is no version yet of ${unknown.join(', ')}` };
  const wanted = { materials, anchors: new Map(), list: createCandidateList(options.reads) };
  const found = await searchSet({ ...wanted, admits: () => true, accepts: () => true, steps: mostSteps });
  if (found.kind !== 'found') return { waits: 'set', reason: await describeWait(options.reads, wanted, options.config) };
  return startTimed(tx, move, { definition, materials, found }, options);
}

async function startTimed(
  tx: Tx,
  move: Move,
  {
    definition,
    materials,
    found,
  }: { definition: PipelineConfig; materials: Parameters<typeof pinMaterials>[1]; found: FoundSet },
  options: LookOptions,
): Promise<{ readonly started: boolean }> {
  const { pipeline, now, changes } = move;
  const pins = pinMaterials(await options.reads.previousPins(pipeline.id), materials, found.candidates, options);
  const about = { at: now, pipelineId: pipeline.id, packageId: null, version: null } as const;
  if (definition.timer?.onlyOnChanges && !pins.some(({ changed }) => changed)) {
    const unchanged = Object.fromEntries(
      pins.map((pin) => [nameMaterial(pin), 'pipeline' in pin ? pin.run.counter : pin.revision.version]),
    );
    const reason = 'the timer came, and no material differs from the run before';
    changes.addDecision({ ...about, outcome: 'refused', reason, materials: unchanged, runId: null });
    return { started: false };
  }
  const cause = `the timer ${definition.timer?.cron} came`;
  const by = { startedBy: 'timer', person: undefined, overridden: false, environment: {} } as const;
  const explain: RunWish['explain'] = ({ id, materials }) => [
    { ...about, outcome: 'started', reason: cause, materials, runId: id },
  ];
  await createRun(tx, { move, definition, pins, provenance: found.provenance, cause, explain, ...by });
  return { started: true };
}

async function sayTimerWaits(
  tx: Tx,
  { pipeline, now, changes }: Move,
  { waits, reason }: { readonly waits: string; readonly reason: string },
): Promise<void> {
  if (pipeline.timerWaits === waits) return;
  await patchPipeline(tx, pipeline.id, { timerWaits: waits });
  const about = { at: now, pipelineId: pipeline.id, packageId: null, version: null, materials: {}, runId: null };
  changes.addDecision({ ...about, outcome: 'waits', reason: `the timer came, and ${reason}` });
}
