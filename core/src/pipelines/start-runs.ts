import type { Config } from '../config/config.ts';
import { appendDecisions } from '../store/decisions.ts';
import { isConfigurationActive } from '../store/nodes.ts';
import { findStirring, type LockedPipeline, lockPipelines, patchPipeline, type Stirring } from '../store/pipelines.ts';
import type { Tx } from '../store/store.ts';
import type { Calendar } from './calendar.ts';
import { ChangeList, type Changes, type Move } from './changes.ts';
import { findMaterialIds, type MaterialIds } from './fan-in/resolve-materials.ts';
import { type SharedReads, shareReads } from './fan-in/shared-reads.ts';
import type { SecretFields } from './pin-materials.ts';
import { admitStages, earliest } from './stages/admit-stages.ts';
import { startByTimer } from './start-by-timer.ts';
import { startByTrigger } from './start-by-trigger.ts';

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
 * the active one moves runs on, and starts none.
 */
export async function startRuns(tx: Tx, pipelineIds: readonly number[], options: StartOptions): Promise<Changes> {
  const changes = new ChangeList();
  const pipelines = await lockPipelines(tx, pipelineIds);
  const mayStart = pipelines.length > 0 && (await isConfigurationActive(tx, options.config.hash));
  const { config, calendar, now } = options;
  const stirring = await findStirring(tx, pipelineIds);
  const looking = mayStart ? shareLook(tx, pipelines, options) : undefined;
  for (const pipeline of pipelines) {
    const move = { pipeline, definition: config.pipelines.get(pipeline.name), calendar, now, changes };
    await lookAt(tx, move, stirring, looking);
  }
  await appendDecisions(tx, changes.decisions);
  return changes;
}

/** What one look at several pipelines reads once for all of them. */
export interface LookOptions extends StartOptions {
  readonly reads: SharedReads;
  readonly materialIds: () => Promise<MaterialIds>;
}

function shareLook(tx: Tx, pipelines: readonly LockedPipeline[], options: StartOptions): LookOptions {
  let ids: Promise<MaterialIds> | undefined;
  const definitions = pipelines.flatMap(({ name }) => options.config.pipelines.get(name) ?? []);
  return {
    ...options,
    reads: shareReads(tx),
    materialIds() {
      ids ??= findMaterialIds(tx, definitions);
      return ids;
    },
  };
}

/** Where a first stage waits for approval, or for its window, several runs may start in one look. */
async function lookAt(tx: Tx, move: Move, { stages, triggers }: Stirring, options: LookOptions | undefined): Promise<void> {
  const { pipeline, definition } = move;
  let isQuiet = !stages.has(pipeline.id);
  let until = isQuiet ? undefined : await admitStages(tx, move);
  if (options && pipeline.active && definition) {
    for (let more = triggers.has(pipeline.id); more; ) {
      const result = await startByTrigger(tx, move, { definition, isQuiet }, options);
      more = result.more;
      if (!result.started) break;
      isQuiet = false;
      until = await admitStages(tx, move);
    }
    const { started, next } = await startByTimer(tx, move, definition, options);
    if (started) until = await admitStages(tx, move);
    until = earliest([until, next]);
  }
  // A node that may not start leaves what others are to look at.
  if (!options) until = earliest([until, pipeline.lookAt ?? undefined]);
  if ((until ?? null) !== pipeline.lookAt) await patchPipeline(tx, pipeline.id, { lookAt: until ?? null });
}
