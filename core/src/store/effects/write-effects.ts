import { insertApproval } from '../approvals.ts';
import { endAttempts, insertNextAttempt } from '../attempts.ts';
import { cancelRunningStage, cancelStages } from '../cancel-stages.ts';
import { appendDecisions } from '../decisions.ts';
import { deleteFreeze, insertFreeze } from '../freezes.ts';
import { endHold } from '../hold.ts';
import { endJobs } from '../job-facts.ts';
import { noteBaselines } from '../listeners.ts';
import { type PipelinePatch, patchPipeline } from '../pipelines.ts';
import { claimSets } from '../provenance.ts';
import { countRuns, insertRuns, setRunStatus } from '../runs.ts';
import { insertStageAttempt, resetStages } from '../stage-attempts.ts';
import {
  beginStages,
  endStages,
  markApproved,
  markAsked,
  markHeld,
  markStageWaits,
  readyStages,
  setExpiry,
} from '../stages.ts';
import type { Tx } from '../store.ts';
import {
  endTriggers,
  fulfilTriggers,
  insertPassTriggers,
  insertTriggers,
  markWaiting,
  releaseTriggers,
} from '../triggers.ts';
import type { Effect, EffectOf } from './effect.ts';
import { writeLevels } from './write-levels.ts';
import type { IdOf, Writing } from './writing.ts';

/**
 * Writes down what a decision changes, as much in one statement as can be. Answers the ids of what is new.
 * `now` in milliseconds.
 */
export async function writeEffects(tx: Tx, effects: readonly Effect[], now: number): Promise<IdOf> {
  const ids = new Map<number, number>();
  const idOf: IdOf = (id) => {
    const known = id < 0 ? ids.get(id) : id;
    if (known === undefined) throw new Error('an effect speaks of something that was not stored');
    return known;
  };
  const written = new Sorted(effects);
  await writeJobs(tx, written, now);
  await writeWishes(tx, written, ids, now);
  await writeRuns(tx, written, ids);
  await writeStages(tx, written, { idOf, ids, now });
  await writeRunStatuses(tx, written, { idOf, now });
  await writeTriggers(tx, written, idOf);
  if (written.of('hold ended').length > 0) await endHold(tx);
  for (const [id, patch] of mergePatches(written.of('pipeline changed'), idOf))
    await patchPipeline(tx, id, patch);
  await writeLevels(
    tx,
    {
      begun: written.of('stay begun'),
      changed: written.of('stay changed'),
      places: written.of('place changed'),
      isFreed: written.of('level freed').length > 0,
    },
    { idOf, ids, now },
  );
  for (const { levelId, freeze } of written.of('level frozen')) await insertFreeze(tx, levelId, freeze);
  for (const { levelId, packageId } of written.of('level unfrozen'))
    await deleteFreeze(tx, levelId, packageId);
  await appendDecisions(
    tx,
    written.of('decided').map(({ decision }) => ({
      ...decision,
      runId: decision.runId === null ? null : idOf(decision.runId),
    })),
  );
  return idOf;
}

/** Understands effects by their kind, in their order. */
class Sorted {
  readonly #byKind: ReadonlyMap<Effect['kind'], readonly Effect[]>;

  constructor(effects: readonly Effect[]) {
    this.#byKind = Map.groupBy(effects, ({ kind }) => kind);
  }

  of<Kind extends Effect['kind']>(kind: Kind): readonly EffectOf<Kind>[] {
    return (this.#byKind.get(kind) ?? []) as readonly EffectOf<Kind>[];
  }
}

async function writeJobs(tx: Tx, written: Sorted, now: number): Promise<void> {
  for (const [outcome, some] of Map.groupBy(written.of('attempt ended'), (one) => one.outcome)) {
    await endAttempts(
      tx,
      some.map(({ id }) => id),
      outcome,
    );
  }
  for (const { last } of written.of('attempt again')) await insertNextAttempt(tx, last, now);
  for (const alike of Map.groupBy(written.of('job ended'), ({ end }) => JSON.stringify(end)).values()) {
    const [first] = alike;
    if (first)
      await endJobs(
        tx,
        alike.map(({ job }) => job.jobId),
        first.end,
        now,
      );
  }
}

async function writeWishes(tx: Tx, written: Sorted, ids: Map<number, number>, now: number): Promise<void> {
  const wished = written.of('trigger wished');
  const stored = await insertTriggers(
    tx,
    wished.map(({ wish }) => wish),
  );
  const passed = written.of('pass wished');
  const storedPasses = await insertPassTriggers(
    tx,
    passed.map(({ wish }) => wish),
  );
  remember(ids, [...wished, ...passed], [...stored, ...storedPasses]);
  await noteBaselines(tx, written.of('baseline taken'), now);
}

function remember(
  ids: Map<number, number>,
  of: readonly { readonly id: number }[],
  stored: readonly number[],
): void {
  for (const [place, { id }] of of.entries()) {
    const known = stored[place];
    if (known !== undefined) ids.set(id, known);
  }
}

async function writeRuns(tx: Tx, written: Sorted, ids: Map<number, number>): Promise<void> {
  const created = written.of('run created');
  if (created.length === 0) return;
  const byPipeline = Map.groupBy(created, ({ run }) => run.pipelineId);
  await countRuns(tx, new Map([...byPipeline].map(([id, some]) => [id, some.length])));
  const stored = await insertRuns(
    tx,
    created.map(({ run }) => run),
  );
  remember(
    ids,
    created,
    stored.map(({ id }) => id),
  );
  for (const [place, { stageIds }] of created.entries()) {
    remember(
      ids,
      stageIds.map((id) => ({ id })),
      stored[place]?.stageIds ?? [],
    );
  }
  await claimSets(tx, written.of('set started'));
}

/**
 * A stage is added, reached, asked for and let in in this order; one is ended before the next begins, since
 * it may take its place.
 */
async function writeStages(tx: Tx, written: Sorted, { idOf, ids, now }: Writing): Promise<void> {
  for (const { id, of, keepPassed } of written.of('stage again')) {
    ids.set(id, await insertStageAttempt(tx, { of: idOf(of.id), keepPassed }));
  }
  await resetStages(
    tx,
    written.of('stage reset').map(({ id }) => idOf(id)),
  );
  for (const [some, readiness] of alike(written.of('stage reached'), (one) => one.readiness)) {
    await readyStages(
      tx,
      some.map(({ stage }) => idOf(stage.id)),
      readiness,
    );
  }
  for (const [some, asking] of alike(written.of('stage asks'), (one) => one.asking)) {
    await markAsked(
      tx,
      some.map(({ stage }) => idOf(stage.id)),
      { now, ...asking },
    );
  }
  for (const { id, at } of written.of('stage expires')) await setExpiry(tx, idOf(id), at);
  for (const { word } of written.of('word given'))
    await insertApproval(tx, { ...word, stageId: idOf(word.stageId) });
  for (const { id } of written.of('stage approved')) await markApproved(tx, idOf(id), now);
  for (const { id, at } of written.of('stage held')) await markHeld(tx, idOf(id), at);
  for (const { id, waits } of written.of('stage waits')) await markStageWaits(tx, idOf(id), waits);
  for (const { id } of written.of('stage cancelling')) await cancelRunningStage(tx, idOf(id), now);
  for (const [status, some] of Map.groupBy(written.of('stage ended'), (one) => one.status)) {
    const ended = some.map(({ stage }) => idOf(stage.id));
    await (status === 'cancelled' ? cancelStages(tx, ended, now) : endStages(tx, ended, status, now));
  }
  await cancelStages(
    tx,
    written.of('stages dropped').flatMap((one) => one.ids.map(idOf)),
    now,
  );
  await beginStages(
    tx,
    written.of('stage begun').map(({ stage }) => idOf(stage.id)),
    now,
  );
}

/** Effects that say the same, together. */
function alike<One, What>(
  effects: readonly One[],
  whatOf: (one: One) => What,
): readonly (readonly [readonly One[], What])[] {
  const groups = [...Map.groupBy(effects, (one) => JSON.stringify(whatOf(one))).values()];
  return groups.flatMap((some) => (some[0] === undefined ? [] : [[some, whatOf(some[0])] as const]));
}

/** Of several the last one counts. */
async function writeRunStatuses(tx: Tx, written: Sorted, { idOf, now }: Omit<Writing, 'ids'>): Promise<void> {
  const last = new Map(written.of('run status').map(({ run, status }) => [run.id, status]));
  for (const [status, some] of Map.groupBy(last, ([, one]) => one)) {
    await setRunStatus(
      tx,
      some.map(([id]) => idOf(id)),
      status,
      now,
    );
  }
}

async function writeTriggers(tx: Tx, written: Sorted, idOf: IdOf): Promise<void> {
  await releaseTriggers(
    tx,
    written.of('trigger released').map(({ id }) => idOf(id)),
  );
  for (const [waits, some] of Map.groupBy(written.of('trigger waits'), (one) => one.waits)) {
    await markWaiting(
      tx,
      some.map(({ id }) => idOf(id)),
      waits,
    );
  }
  for (const [state, some] of Map.groupBy(written.of('trigger ended'), (one) => one.state)) {
    await endTriggers(
      tx,
      some.map(({ id }) => idOf(id)),
      state,
    );
  }
  const fulfilled = written.of('trigger fulfilled').map(({ id, runId }) => [idOf(id), idOf(runId)] as const);
  await fulfilTriggers(tx, new Map(fulfilled));
}

function mergePatches(
  changes: readonly EffectOf<'pipeline changed'>[],
  idOf: IdOf,
): ReadonlyMap<number, PipelinePatch> {
  const patches = new Map<number, PipelinePatch>();
  for (const { id, patch } of changes) {
    const { lockedBy } = patch;
    const locked = lockedBy === undefined || lockedBy === null ? {} : { lockedBy: idOf(lockedBy) };
    patches.set(id, { ...patches.get(id), ...patch, ...locked });
  }
  return patches;
}
