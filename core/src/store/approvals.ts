import type { ApprovalTable } from './schema.ts';
import type { Tx } from './store.ts';

/** Somebody's word on a run that waits to enter a stage. */
export interface Approval {
  readonly stageId: number;
  /** Whom it counts for. */
  readonly person: string;
  /** The token's name. */
  readonly name: string;
  readonly verdict: ApprovalTable['verdict'];
  readonly comment: string | null;
  /** Milliseconds. */
  readonly at: number;
}

/** Records somebody's word, unless this person has given one; answers whether it is recorded. */
export async function insertApproval(tx: Tx, { stageId, ...approval }: Approval): Promise<boolean> {
  const row = await tx.db
    .insertInto('approval')
    .values({ stage_id: stageId, ...approval })
    .onConflict((conflict) => conflict.columns(['stage_id', 'person']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** What people said of stages, in the order in which they said it. */
export async function readApprovals(tx: Tx, stageIds: readonly number[]): Promise<readonly Approval[]> {
  if (stageIds.length === 0) return [];
  return tx.db
    .selectFrom('approval')
    .select(['stage_id as stageId', 'person', 'name', 'verdict', 'comment', 'at'])
    .where('stage_id', 'in', stageIds)
    .orderBy('id')
    .execute();
}
