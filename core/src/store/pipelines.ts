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
