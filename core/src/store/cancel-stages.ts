import { endStages } from './stages.ts';
import type { Tx } from './store.ts';

/** Cancels stages before they begin, jobs too. */
export async function cancelStages(tx: Tx, ids: readonly number[], now: number): Promise<void> {
  await endStages(tx, ids, 'cancelled', now);
  await cancelPendingJobs(tx, ids, now);
}

async function cancelPendingJobs(tx: Tx, stageIds: readonly number[], now: number): Promise<void> {
  if (stageIds.length === 0) return;
  await tx.db
    .updateTable('job')
    .set({ status: 'cancelled', finished_at: now })
    .where('stage_id', 'in', stageIds)
    .where('status', '=', 'pending')
    .execute();
}

/**
 * Notes that somebody cancelled a stage that runs. What of it has not begun is over at once; the rest goes on
 * until it is ended.
 */
export async function cancelRunningStage(tx: Tx, id: number, now: number): Promise<void> {
  await tx.db.updateTable('stage').set({ cancel_at: now }).where('id', '=', id).execute();
  const ended = await tx.db
    .updateTable('attempt')
    .set({ state: 'done', outcome: 'cancelled', lease_owner: null, lease_until: null })
    .where('state', '=', 'due')
    .where('job_id', 'in', (e) => e.selectFrom('job').select('id').where('stage_id', '=', id))
    .returning('job_id')
    .execute();
  // A job that is to be tried again after doubt counts as running, though nobody does it.
  const jobIds = ended.map(({ job_id }) => job_id);
  if (jobIds.length > 0) {
    await tx.db
      .updateTable('job')
      .set({ status: 'cancelled', finished_at: now })
      .where('id', 'in', jobIds)
      .execute();
  }
  await cancelPendingJobs(tx, [id], now);
  tx.wake('attempts');
}
