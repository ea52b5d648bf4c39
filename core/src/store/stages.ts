import { randomUUID } from 'node:crypto';
import type { ApprovalConfig, ManualApproval } from '../config/config.ts';
import type { End } from '../domain/status.ts';
import { chunk } from './chunk.ts';
import type { Tx } from './store.ts';

/** Marks a stage as passed by, because of an objection, or as passed by no more. */
export async function markHeld(tx: Tx, id: number, heldAt: number | null): Promise<void> {
  await tx.db.updateTable('stage').set({ held_at: heldAt }).where('id', '=', id).execute();
}

/** Remembers what a stage's turn waits for, so that it is said once. */
export async function markStageWaits(tx: Tx, id: number, waits: string | null): Promise<void> {
  await tx.db.updateTable('stage').set({ waits }).where('id', '=', id).execute();
}

/** Begins stages: their jobs that are still to be done get their first attempts, due now. */
export async function beginStages(tx: Tx, ids: readonly number[], now: number): Promise<void> {
  if (ids.length === 0) return;
  await tx.db
    .updateTable('stage')
    .set({ status: 'running', started_at: now, held_at: null, waits: null })
    .where('id', 'in', ids)
    .execute();
  const jobs = await tx.db
    .selectFrom('job')
    .select('id')
    .where('stage_id', 'in', ids)
    .where('status', '=', 'pending')
    .orderBy('id')
    .execute();
  const attempts = jobs.map((job) => ({
    job_id: job.id,
    number: 1,
    key: randomUUID(),
    state: 'due' as const,
    due_at: now,
  }));
  for (const some of chunk(attempts)) await tx.db.insertInto('attempt').values(some).execute();
  tx.wake('attempts');
}

/** Marks stages as ended. */
export async function endStages(tx: Tx, ids: readonly number[], status: End, now: number): Promise<void> {
  if (ids.length === 0) return;
  await tx.db
    .updateTable('stage')
    .set({ status, finished_at: now, held_at: null, waits: null })
    .where('id', 'in', ids)
    .execute();
}

/** How a stage becomes ready: a run waits for its turn in it. Times in milliseconds. */
export interface Readiness {
  readonly readyAt: number;
  readonly notBefore: number | null;
  /** What is to let it in, for the record; as it was recorded where it is undefined. */
  readonly approval: ApprovalConfig | undefined;
}

/** Makes stages ready, all in the same way. */
export async function readyStages(
  tx: Tx,
  ids: readonly number[],
  { readyAt, notBefore, approval }: Readiness,
): Promise<void> {
  await tx.db
    .updateTable('stage')
    .set({ status: 'pending', ready_at: readyAt, not_before: notBefore, expires_at: null, waits: null })
    .$if(approval !== undefined, (query) => query.set({ approval: JSON.stringify(approval) }))
    .where('id', 'in', ids)
    .execute();
}

/** Who is asked to let a run in, and until when, in milliseconds. */
export interface Asking {
  readonly now: number;
  readonly expiresAt: number | null;
  /** For the record. */
  readonly approval: ManualApproval;
}

/** Lets stages wait for approval, all in the same way. */
export async function markAsked(
  tx: Tx,
  ids: readonly number[],
  { now, expiresAt, approval }: Asking,
): Promise<void> {
  await tx.db
    .updateTable('stage')
    .set({
      status: 'waiting',
      ready_at: now,
      approved_at: null,
      expires_at: expiresAt,
      held_at: null,
      waits: null,
    })
    .set({ approval: JSON.stringify(approval) })
    .where('id', 'in', ids)
    .execute();
}

/** Changes until when a stage waits for approval, in milliseconds. */
export async function setExpiry(tx: Tx, id: number, expiresAt: number | null): Promise<void> {
  await tx.db.updateTable('stage').set({ expires_at: expiresAt }).where('id', '=', id).execute();
}

/** Ends a stage's waiting for approval: from now on it waits for its turn. */
export async function markApproved(tx: Tx, id: number, now: number): Promise<void> {
  await tx.db
    .updateTable('stage')
    .set({ status: 'pending', ready_at: now, approved_at: now, expires_at: null })
    .where('id', '=', id)
    .execute();
}
