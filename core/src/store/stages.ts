import { randomUUID } from 'node:crypto';
import type { Status } from './schema.ts';
import type { Tx } from './store.ts';

/** Marks a stage as passed by, because of an objection, or as passed by no more. */
export async function markHeld(tx: Tx, id: number, heldAt: number | null): Promise<void> {
  await tx.db.updateTable('stage').set({ held_at: heldAt }).where('id', '=', id).execute();
}

/** Remembers what a stage's turn waits for, so that it is said once. */
export async function markStageWaits(tx: Tx, id: number, waits: string | null): Promise<void> {
  await tx.db.updateTable('stage').set({ waits }).where('id', '=', id).execute();
}

/** Begins a stage: its jobs that are still to be done get their first attempts, due now. */
export async function beginStage(tx: Tx, id: number, now: number): Promise<void> {
  await tx.db
    .updateTable('stage')
    .set({ status: 'running', started_at: now, held_at: null, waits: null })
    .where('id', '=', id)
    .execute();
  const jobs = await tx.db
    .selectFrom('job')
    .select('id')
    .where('stage_id', '=', id)
    .where('status', '=', 'pending')
    .orderBy('id')
    .execute();
  const attempts = jobs.map((job) => ({ job_id: job.id, number: 1, key: randomUUID(), state: 'due' as const, due_at: now }));
  await tx.db.insertInto('attempt').values(attempts).execute();
  tx.wake('attempts');
}

/** Marks stages as ended. */
export async function endStages(
  tx: Tx,
  ids: readonly number[],
  status: 'passed' | 'failed' | 'cancelled',
  now: number,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.db.updateTable('stage').set({ status, finished_at: now, held_at: null, waits: null }).where('id', 'in', ids).execute();
}

/** How a stage becomes ready: waiting for approval, or for its turn. Times in milliseconds. */
export interface Readiness {
  readonly status: 'pending' | 'waiting';
  readonly readyAt: number;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
}

/** Makes a stage ready. */
export async function readyStage(tx: Tx, id: number, { status, readyAt, notBefore, expiresAt }: Readiness): Promise<void> {
  await tx.db
    .updateTable('stage')
    .set({ status, ready_at: readyAt, not_before: notBefore, expires_at: expiresAt, waits: null })
    .where('id', '=', id)
    .execute();
}

/** Ends a stage's waiting for approval: from now on it waits for its turn. */
export async function markApproved(tx: Tx, id: number, now: number): Promise<void> {
  await tx.db
    .updateTable('stage')
    .set({ status: 'pending', ready_at: now, approved_at: now, expires_at: null })
    .where('id', '=', id)
    .execute();
}

/** The statuses of a stage's jobs. */
export async function readJobStatuses(tx: Tx, stageId: number): Promise<readonly Status[]> {
  const rows = await tx.db.selectFrom('job').select('status').where('stage_id', '=', stageId).execute();
  return rows.map(({ status }) => status);
}
