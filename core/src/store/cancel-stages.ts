import { endStages, readJobStatuses } from './stages.ts';
import type { Tx } from './store.ts';

/** Cancels what has not begun of some runs, jobs too. */
export async function cancelPendingStages(tx: Tx, runIds: readonly number[], now: number): Promise<void> {
  if (runIds.length === 0) return;
  const stages = await tx.db
    .selectFrom('stage')
    .select('id')
    .where('run_id', 'in', runIds)
    .where('status', 'in', ['pending', 'waiting'])
    .execute();
  const ids = stages.map(({ id }) => id);
  await endStages(tx, ids, 'cancelled', now);
  await cancelPendingJobs(tx, ids, now);
}

/** Cancels the jobs of stages that have not begun. */
export async function cancelPendingJobs(tx: Tx, stageIds: readonly number[], now: number): Promise<void> {
  if (stageIds.length === 0) return;
  await tx.db
    .updateTable('job')
    .set({ status: 'cancelled', finished_at: now })
    .where('stage_id', 'in', stageIds)
    .where('status', '=', 'pending')
    .execute();
}

/** Which of some stages somebody cancelled while they ran. */
export async function findCancelledStages(tx: Tx, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const rows = await tx.db.selectFrom('stage').select('id').where('id', 'in', ids).where('cancel_at', 'is not', null).execute();
  return new Set(rows.map(({ id }) => id));
}

/** Notes that somebody cancelled a stage that runs. What of it has not begun is over at once; answers the jobs that go on until they are ended. */
export async function cancelRunningStage(tx: Tx, id: number, now: number): Promise<number> {
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
    await tx.db.updateTable('job').set({ status: 'cancelled', finished_at: now }).where('id', 'in', jobIds).execute();
  }
  await cancelPendingJobs(tx, [id], now);
  tx.wake('attempts');
  const statuses = (await readJobStatuses(tx, [id])).get(id) ?? [];
  return statuses.filter((status) => status === 'running').length;
}
