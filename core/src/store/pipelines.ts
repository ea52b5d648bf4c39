import type { Tx } from './store.ts';

/** A pipeline whose row is locked to the end of the transaction: nobody else starts or moves a run of it meanwhile. */
export interface LockedPipeline {
  readonly id: number;
  readonly name: string;
  readonly active: boolean;
  readonly pausedAt: number | null;
  readonly pausedReason: string | null;
}

/** Locks pipelines, always in the order of their ids, so that two transactions that lock several do not wait for each other. */
export async function lockPipelines(tx: Tx, ids: readonly number[]): Promise<readonly LockedPipeline[]> {
  if (ids.length === 0) return [];
  const rows = await tx.db
    .selectFrom('pipeline')
    .select(['id', 'name', 'active', 'paused_at as pausedAt', 'paused_reason as pausedReason'])
    .where('id', 'in', [...new Set(ids)])
    .orderBy('id')
    .modifyEnd(tx.dialect.forUpdate)
    .execute();
  return rows.map((row) => ({ ...row, active: row.active === 1 }));
}

/** The id of a pipeline of the configuration. */
export async function findPipeline(tx: Tx, name: string): Promise<number | undefined> {
  const row = await tx.db.selectFrom('pipeline').select('id').where('name', '=', name).where('active', '=', 1).executeTakeFirst();
  return row?.id;
}

/** Makes pipelines those of the configuration; answers all that there are by name, and those that are no more in it. */
export async function upsertPipelines(tx: Tx, names: ReadonlySet<string>): Promise<AdoptedPipelines> {
  const known = await tx.db.selectFrom('pipeline').select(['id', 'name', 'active']).execute();
  const activated = known.filter(({ name, active }) => active === 0 && names.has(name)).map(({ id }) => id);
  const removed = known.filter(({ name, active }) => active === 1 && !names.has(name)).map(({ id }) => id);
  if (activated.length > 0) await tx.db.updateTable('pipeline').set({ active: 1 }).where('id', 'in', activated).execute();
  if (removed.length > 0) await tx.db.updateTable('pipeline').set({ active: 0 }).where('id', 'in', removed).execute();
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

/** The pipelines in which something waits: triggers, or stages that are ready. */
export async function findWaitingPipelines(tx: Tx): Promise<readonly number[]> {
  const triggers = tx.db.selectFrom('trigger').select('pipeline_id as id').where('state', '=', 'waiting');
  const stages = tx.db
    .selectFrom('stage')
    .select('pipeline_id as id')
    .where('status', '=', 'pending')
    .where('ready_at', 'is not', null);
  const rows = await triggers.union(stages).execute();
  return rows.map(({ id }) => id);
}

/** A package by its names. */
export interface PackageName {
  readonly repository: string;
  readonly package: string;
}

const namesAtOnce = 500;

/** The ids of packages of the configuration, by `repository/package`. */
export async function findPackages(tx: Tx, names: readonly PackageName[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (let from = 0; from < names.length; from += namesAtOnce) {
    const some = names.slice(from, from + namesAtOnce);
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
