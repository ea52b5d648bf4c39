import { strongestDigest } from '../digests.ts';
import { stageIsPending } from '../index-conditions.ts';
import type { Tx } from '../store.ts';
import type { EffectOf, StageOfRun } from './effect.ts';
import type { Writing } from './writing.ts';

/** What a decision changes at levels. */
interface LevelChanges {
  readonly begun: readonly EffectOf<'stay begun'>[];
  readonly changed: readonly EffectOf<'stay changed'>[];
  readonly places: readonly EffectOf<'place changed'>[];
  readonly isFreed: boolean;
}

/** Writes down what is at levels now, and what was. */
export async function writeLevels(
  tx: Tx,
  { begun, changed, places, isFreed }: LevelChanges,
  writing: Writing,
): Promise<void> {
  await beginStays(tx, begun, writing);
  for (const { id, state, isOver } of changed) {
    await tx.db
      .updateTable('stay')
      .set({ state })
      .$if(state === 'live', (query) => query.set({ live_at: writing.now }))
      .$if(isOver, (query) => query.set({ until: writing.now }))
      .where('id', '=', writing.idOf(id))
      .execute();
  }
  await setPlaces(tx, places, writing);
  if (isFreed) await lookAtWaiting(tx, writing.now);
}

async function beginStays(
  tx: Tx,
  begun: readonly EffectOf<'stay begun'>[],
  { idOf, ids, now }: Writing,
): Promise<void> {
  if (begun.length === 0) return;
  const revisions = await tx.db
    .selectFrom('revision')
    .select(['id', 'version', 'digests'])
    .where('id', 'in', [...new Set(begun.map(({ stay }) => stay.revisionId))])
    .execute();
  const byId = new Map(revisions.map((revision) => [revision.id, revision]));
  for (const { id, stay } of begun) {
    const { version = '', digests = '{}' } = byId.get(stay.revisionId) ?? {};
    const row = await tx.db
      .insertInto('stay')
      .values({
        level_id: stay.levelId,
        package_id: stay.packageId,
        version,
        digest: strongestDigest(JSON.parse(digests)),
        ...toStageColumns(stay.stage),
        road: stay.road,
        person: stay.person,
        comment: stay.comment,
        instead_of: stay.insteadOf === null ? null : idOf(stay.insteadOf),
        state: 'deploying',
        began_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    ids.set(id, row.id);
  }
}

function toStageColumns(stage: StageOfRun | null) {
  if (!stage) return { pipeline: null, counter: null, stage: null, stage_counter: null };
  const { pipeline, counter, name, stageCounter } = stage;
  return { pipeline, counter, stage: name, stage_counter: stageCounter };
}

/** Of several states of one place the last one counts. */
async function setPlaces(
  tx: Tx,
  changes: readonly EffectOf<'place changed'>[],
  { idOf }: Writing,
): Promise<void> {
  const toId = (id: number | null) => (id === null ? null : idOf(id));
  const last = new Map(changes.map((change) => [`${change.levelId} ${change.place.packageId}`, change]));
  for (const { levelId, place } of last.values()) {
    const { packageId, state, live, entering, doubted, run } = place;
    const stays = { live: toId(live), entering: toId(entering), doubted: toId(doubted) };
    const now = { state, ...stays, run_id: run && toId(run.id) };
    await tx.db
      .insertInto('place')
      .values({ level_id: levelId, package_id: packageId, ...now })
      .onConflict((conflict) => conflict.columns(['level_id', 'package_id']).doUpdateSet(now))
      .execute();
  }
}

/**
 * Those that another transaction has locked are left out: it waits for the level that this one has locked,
 * and judges them once it has it.
 */
async function lookAtWaiting(tx: Tx, now: number): Promise<void> {
  const waiting = tx.db
    .selectFrom('stage')
    .select('pipeline_id')
    .where(stageIsPending)
    .where('waits', '=', 'level-busy');
  const free = tx.db
    .selectFrom('pipeline')
    .select('id')
    .where('id', 'in', waiting)
    .where(({ eb, or }) => or([eb('look_at', 'is', null), eb('look_at', '>', now)]))
    .modifyEnd(tx.dialect.forUpdateSkipLocked);
  await tx.db.updateTable('pipeline').set({ look_at: now }).where('id', 'in', free).execute();
  tx.wake('attempts');
}
