import { sql } from 'kysely';
import { leaseMs } from './lease-time.ts';
import type { Tx } from './store.ts';

/** The tables whose rows are work that one node does at a time. */
export type LeasedTable = 'repository' | 'attempt' | 'sink';

/**
 * A row that a node has claimed. `fence` grows with every claim, so that an outlived claim is recognised at
 * commit.
 */
export interface Lease {
  readonly table: LeasedTable;
  readonly id: number;
  readonly fence: number;
}

/** Somebody else has the work by now: what was done under the lease must not be committed. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  constructor({ table, id, fence }: Lease) {
    super(`the lease on ${table} ${id} (fence ${fence}) was lost to another node`);
  }
}

/** Claims rows that a query found free, for `owner`. Call it in the transaction that selected them. */
export async function claim(
  tx: Tx,
  table: LeasedTable,
  ids: readonly number[],
  owner: string,
): Promise<readonly Lease[]> {
  if (ids.length === 0) return [];
  const rows = await tx.db
    .updateTable(table)
    .set({
      lease_owner: owner,
      lease_until: sql<number>`${tx.dialect.now} + ${leaseMs}`,
      fence: sql<number>`fence + 1`,
    })
    .where('id', 'in', ids)
    .returning(['id', 'fence'])
    .execute();
  return rows.map(({ id, fence }) => ({ table, id, fence }));
}

/**
 * Locks the lease's row to the end of the transaction. Throws {@link LeaseLost} where it is not ours any
 * more.
 */
export async function assertLease(tx: Tx, lease: Lease): Promise<void> {
  const kept = await findKept(tx, lease.table, [lease]);
  if (!kept.has(lease.id)) throw new LeaseLost(lease);
}

/** Locks the leases' rows to the end of the transaction; answers the ids of those that are still ours. */
export async function findKept(
  tx: Tx,
  table: LeasedTable,
  leases: readonly Lease[],
): Promise<ReadonlySet<number>> {
  if (leases.length === 0) return new Set();
  const rows = await tx.db
    .selectFrom(table)
    .select(['id', 'fence'])
    .where(
      'id',
      'in',
      leases.map(({ id }) => id),
    )
    .where('lease_owner', 'is not', null)
    .orderBy('id')
    .modifyEnd(tx.dialect.forUpdate)
    .execute();
  const fences = new Map(rows.map(({ id, fence }) => [id, fence]));
  return new Set(leases.filter(({ id, fence }) => fences.get(id) === fence).map(({ id }) => id));
}

/** Lengthens leases; answers those that are still ours. */
export async function renew(
  tx: Tx,
  table: LeasedTable,
  leases: readonly Lease[],
): Promise<ReadonlySet<number>> {
  const kept = new Set<number>();
  for (const { id, fence } of leases) {
    const { numUpdatedRows } = await tx.db
      .updateTable(table)
      .set({ lease_until: sql<number>`${tx.dialect.now} + ${leaseMs}` })
      .where('id', '=', id)
      .where('fence', '=', fence)
      .where('lease_owner', 'is not', null)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows > 0n) kept.add(id);
  }
  return kept;
}

/** Gives a lease back. Throws {@link LeaseLost} where it is not ours any more. */
export async function release(tx: Tx, lease: Lease): Promise<void> {
  await assertLease(tx, lease);
  await tx.db
    .updateTable(lease.table)
    .set({ lease_owner: null, lease_until: null })
    .where('id', '=', lease.id)
    .execute();
}

/** Takes all leases from whoever has them, whether they live or not. */
export async function dropLeases(tx: Tx): Promise<void> {
  const free = { lease_owner: null, lease_until: null };
  for (const table of ['repository', 'attempt', 'sink'] as const) {
    await tx.db.updateTable(table).set(free).where('lease_owner', 'is not', null).execute();
  }
}

/**
 * Gives back everything that an earlier life of this node had: it is dead, since this one holds the node's
 * lock. Attempts that only this node can go on with stay its own until it takes them up again, or the leases
 * run out.
 */
export async function releaseAll(tx: Tx, owner: string): Promise<void> {
  const free = { lease_owner: null, lease_until: null };
  await tx.db.updateTable('repository').set(free).where('lease_owner', '=', owner).execute();
  await tx.db.updateTable('sink').set(free).where('lease_owner', '=', owner).execute();
  await tx.db
    .updateTable('attempt')
    .set(free)
    .where('lease_owner', '=', owner)
    .where('node', 'is', null)
    .execute();
}
