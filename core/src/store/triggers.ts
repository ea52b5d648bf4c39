import type { TriggerTable } from './schema.ts';
import type { Tx } from './store.ts';

/** The wish that one new revision start one pipeline. */
export interface TriggerWish {
  readonly pipelineId: number;
  readonly packageId: number;
  readonly revisionId: number;
  readonly version: string;
  /** `algorithm:hex` of the strongest digest, or empty. */
  readonly digest: string;
  /** The number of the pointer's move, 0 without a pointer. */
  readonly move: number;
  readonly mode: TriggerTable['mode'];
  readonly createdAt: number;
}

/** A wish that was not there before. */
export interface InsertedTrigger {
  readonly id: number;
  readonly pipelineId: number;
  readonly packageId: number;
  readonly version: string;
  readonly digest: string;
  readonly move: number;
}

const rowsAtOnce = 500;

/** Stores wishes, waiting, and answers those that the store did not have: one per pipeline, package, version, digest and move, ever. */
export async function insertTriggers(tx: Tx, wishes: readonly TriggerWish[]): Promise<readonly InsertedTrigger[]> {
  const inserted: InsertedTrigger[] = [];
  for (let from = 0; from < wishes.length; from += rowsAtOnce) {
    const rows = wishes.slice(from, from + rowsAtOnce).map((wish) => ({
      pipeline_id: wish.pipelineId,
      package_id: wish.packageId,
      revision_id: wish.revisionId,
      version: wish.version,
      digest: wish.digest,
      move: wish.move,
      mode: wish.mode,
      state: 'waiting' as const,
      created_at: wish.createdAt,
    }));
    inserted.push(
      ...(await tx.db
        .insertInto('trigger')
        .values(rows)
        .onConflict((conflict) => conflict.columns(['pipeline_id', 'package_id', 'version', 'digest', 'move']).doNothing())
        .returning(['id', 'pipeline_id as pipelineId', 'package_id as packageId', 'version', 'digest', 'move'])
        .execute()),
    );
  }
  return inserted;
}
