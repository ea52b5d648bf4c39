import { strongestDigest } from './digests.ts';
import { patchRevisions, type RecordedRevision, readRevision } from './ledger.ts';
import type { Tx } from './store.ts';

/** Locks one revision to the end of the transaction. */
export async function lockRevision(
  tx: Tx,
  packageId: number,
  version: string,
): Promise<RecordedRevision | undefined> {
  const row = await tx.db
    .selectFrom('revision')
    .selectAll()
    .where('package_id', '=', packageId)
    .where('version', '=', version)
    .modifyEnd(tx.dialect.forUpdate)
    .executeTakeFirst();
  return row && readRevision(row);
}

/** Records somebody's word that a revision's bytes are right. */
export async function insertAcknowledgement(
  tx: Tx,
  { id, state, facts }: RecordedRevision,
  { comment, by }: { readonly comment: string; readonly by: string },
  now: number,
): Promise<void> {
  await tx.db
    .insertInto('acknowledgement')
    .values({ revision_id: id, digest: strongestDigest(facts.digests), comment, by, at: now })
    .onConflict((conflict) =>
      conflict.columns(['revision_id', 'digest']).doUpdateSet({ comment, by, at: now }),
    )
    .execute();
  const published = state === 'republished' ? ({ state: 'published' } as const) : {};
  await patchRevisions(tx, [{ id, patch: { ...published, unacknowledged: false, replaced: null } }]);
}
