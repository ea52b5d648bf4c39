import { chunk } from './chunk.ts';
import { stageIsPending, stageIsWaiting } from './index-conditions.ts';
import type { Tx } from './store.ts';

/**
 * A pipeline whose row is locked to the end of the transaction: nobody else starts or moves a run of it
 * meanwhile.
 */
export interface LockedPipeline {
  readonly id: number;
  readonly name: string;
  readonly active: boolean;
  /** The counter of its newest run. */
  readonly counter: number;
  readonly pausedAt: number | null;
  readonly pausedReason: string | null;
  /** The run that holds the pipeline's lock. */
  readonly lockedBy: number | null;
  /** The timer's next moment, in milliseconds; past where its run is still to be started. */
  readonly timerAt: number | null;
  readonly timerSpec: string | null;
  readonly timerWaits: string | null;
  /** When somebody must look at it although nothing happens. */
  readonly lookAt: number | null;
}

/**
 * Locks pipelines, always in the order of their ids, so that two transactions that lock several do not wait
 * for each other.
 */
export async function lockPipelines(tx: Tx, ids: readonly number[]): Promise<readonly LockedPipeline[]> {
  if (ids.length === 0) return [];
  const rows = await tx.db
    .selectFrom('pipeline')
    .select(['id', 'name', 'active', 'counter', 'paused_at as pausedAt', 'paused_reason as pausedReason'])
    .select([
      'locked_by as lockedBy',
      'timer_at as timerAt',
      'timer_spec as timerSpec',
      'timer_waits as timerWaits',
      'look_at as lookAt',
    ])
    .where('id', 'in', [...new Set(ids)])
    .orderBy('id')
    .modifyEnd(tx.dialect.forUpdate)
    .execute();
  return rows.map((row) => ({ ...row, active: row.active === 1 }));
}

/** The id of a pipeline of the configuration. */
export async function findPipeline(tx: Tx, name: string): Promise<number | undefined> {
  return (await findPipelines(tx, [name])).get(name);
}

/** The ids of pipelines of the configuration, by name. */
export async function findPipelines(tx: Tx, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (names.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('pipeline')
    .select(['id', 'name'])
    .where('name', 'in', names)
    .where('active', '=', 1)
    .execute();
  return new Map(rows.map(({ id, name }) => [name, id]));
}

/** The names of pipelines, by id. */
export async function readPipelineNames(
  tx: Tx,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.db.selectFrom('pipeline').select(['id', 'name']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** The names of all pipelines that there ever were, by id. */
export async function listPipelineNames(tx: Tx): Promise<ReadonlyMap<number, string>> {
  const rows = await tx.db.selectFrom('pipeline').select(['id', 'name']).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** What of a pipeline's state changes; what is left out stays. */
export interface PipelinePatch {
  readonly paused?: { readonly at: number; readonly reason: string; readonly by: string } | null;
  readonly lockedBy?: number | null;
  readonly timer?: { readonly at: number | null; readonly spec: string | null };
  readonly timerWaits?: string | null;
  /** When somebody must look at it although nothing happens. */
  readonly lookAt?: number | null;
}

/** Changes the state of a locked pipeline. */
export async function patchPipeline(
  tx: Tx,
  id: number,
  { paused, lockedBy, timer, timerWaits, lookAt }: PipelinePatch,
): Promise<void> {
  await tx.db
    .updateTable('pipeline')
    .set({
      ...(paused !== undefined && {
        paused_at: paused?.at ?? null,
        paused_reason: paused?.reason ?? null,
        paused_by: paused?.by ?? null,
      }),
      ...(lockedBy !== undefined && { locked_by: lockedBy }),
      ...(timer && { timer_at: timer.at, timer_spec: timer.spec, timer_waits: null }),
      ...(timerWaits !== undefined && { timer_waits: timerWaits }),
      ...(lookAt !== undefined && { look_at: lookAt }),
    })
    .where('id', '=', id)
    .execute();
}

/** The pipelines that must be looked at by now, the longest due first. */
export async function findDuePipelines(tx: Tx, now: number, limit: number): Promise<readonly number[]> {
  const rows = await tx.db
    .selectFrom('pipeline')
    .select('id')
    .where('look_at', '<=', now)
    .orderBy('look_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** When the next pipeline must be looked at, in milliseconds; undefined where none must. */
export async function readNextLook(tx: Tx): Promise<number | undefined> {
  const row = await tx.db
    .selectFrom('pipeline')
    .select('look_at as at')
    .where('look_at', 'is not', null)
    .orderBy('look_at')
    .limit(1)
    .executeTakeFirst();
  return row?.at ?? undefined;
}

/**
 * Makes pipelines those of the configuration; answers all that there are by name, and those that are no more
 * in it.
 */
export async function upsertPipelines(tx: Tx, names: ReadonlySet<string>): Promise<AdoptedPipelines> {
  const known = await tx.db.selectFrom('pipeline').select(['id', 'name', 'active']).execute();
  const activated = known.filter(({ name, active }) => active === 0 && names.has(name)).map(({ id }) => id);
  const removed = known.filter(({ name, active }) => active === 1 && !names.has(name)).map(({ id }) => id);
  if (activated.length > 0)
    await tx.db.updateTable('pipeline').set({ active: 1 }).where('id', 'in', activated).execute();
  if (removed.length > 0)
    await tx.db.updateTable('pipeline').set({ active: 0 }).where('id', 'in', removed).execute();
  const missing = [...names].filter((name) => !known.some((row) => row.name === name));
  for (const name of missing) {
    await tx.db
      .insertInto('pipeline')
      .values({ name, active: 1 })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
  }
  const all = await tx.db.selectFrom('pipeline').select(['id', 'name']).where('active', '=', 1).execute();
  return { ids: new Map(all.map(({ id, name }) => [name, id])), removed };
}

/** What {@link upsertPipelines} found. */
export interface AdoptedPipelines {
  readonly ids: ReadonlyMap<string, number>;
  readonly removed: readonly number[];
}

/** The pipelines in which something waits: triggers, or stages that are ready, or wait for approval. */
export async function findWaitingPipelines(tx: Tx): Promise<readonly number[]> {
  const triggers = tx.db
    .selectFrom('trigger')
    .select('pipeline_id as id')
    .where('state', 'in', ['waiting', 'held']);
  const stages = tx.db.selectFrom('stage').select('pipeline_id as id').where('ready_at', 'is not', null);
  const rows = await triggers
    .union(stages.where(stageIsPending))
    .union(stages.where(stageIsWaiting))
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * The pipelines in which something is held, or waits for a set that agrees, as it may because of a revision
 * behind some run that is republished or withdrawn.
 */
export async function findHeldPipelines(tx: Tx): Promise<readonly number[]> {
  const triggers = tx.db
    .selectFrom('trigger')
    .select('pipeline_id as id')
    .where('state', 'in', ['waiting', 'held'])
    .where((e) => e.or([e('waits', '=', 'held'), e('waits', 'like', 'set:%')]));
  const timers = tx.db.selectFrom('pipeline').select('id').where('timer_waits', '=', 'set');
  const stages = tx.db
    .selectFrom('stage')
    .select('pipeline_id as id')
    .where(stageIsPending)
    .where('held_at', 'is not', null);
  const rows = await triggers.union(stages).union(timers).execute();
  return rows.map(({ id }) => id);
}

/** A package by its names. */
export interface PackageName {
  readonly repository: string;
  readonly package: string;
}

/** The ids of packages of the configuration, by `repository/package`. */
export async function findPackages(
  tx: Tx,
  names: readonly PackageName[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const some of chunk(names)) {
    const rows = await tx.db
      .selectFrom('package')
      .innerJoin('repository', 'repository.id', 'package.repository_id')
      .select(['package.id', 'package.name', 'repository.name as repository'])
      .where('package.active', '=', 1)
      .where('repository.active', '=', 1)
      .where(({ eb, refTuple, tuple }) =>
        eb(
          refTuple('repository.name', 'package.name'),
          'in',
          some.map((name) => tuple(name.repository, name.package)),
        ),
      )
      .execute();
    for (const row of rows) found.set(`${row.repository}/${row.name}`, row.id);
  }
  return found;
}
