import { type ExpressionBuilder, sql } from 'kysely';
import { attemptIsOpen } from './index-conditions.ts';
import { assertLease, claim, type Lease } from './leases.ts';
import type { Schema } from './schema.ts';
import type { Tx } from './store.ts';

/** Which attempts a node may claim: all, only those that were begun, or only those that it began itself. */
export type ClaimScope = 'all' | 'begun' | 'own';

/** What to claim. */
export interface ClaimRequest {
  readonly node: string;
  readonly scope: ClaimScope;
  /** The attempts that the node has in hand. */
  readonly inHand: readonly number[];
  /** How many at most. */
  readonly room: number;
  readonly now: number;
}

/** An attempt that was claimed. */
export interface ClaimedAttempt {
  readonly lease: Lease;
  /** Whether it was begun before, by whom where that node alone can go on with it. */
  readonly begun: boolean;
  readonly node: string | null;
}

/**
 * Claims attempts: first those that were begun, then those that are due.
 *
 * What this node began, and has in hand no more, an earlier life of it began: it may take that again before
 * the lease runs out. What another node began, and alone can go on with, is claimed only when its lease ran
 * out: then nobody can know.
 */
export async function claimAttempts(tx: Tx, request: ClaimRequest): Promise<readonly ClaimedAttempt[]> {
  const { node, scope, inHand, room, now } = request;
  if (room <= 0) return [];
  let query = tx.db
    .selectFrom('attempt')
    .select(['id', 'state', 'node'])
    .where(attemptIsOpen)
    .where('due_at', '<=', now);
  if (inHand.length > 0) query = query.where('id', 'not in', inHand);
  if (scope !== 'all') query = query.where('state', '=', 'started');
  if (scope === 'own') query = query.where('node', '=', node);
  const rows = await query
    .where((e) => e.or([isFree(tx, e), e.and([e('node', '=', node), e('lease_owner', '=', node)])]))
    .orderBy('state', 'desc')
    .orderBy('due_at')
    .orderBy('id')
    .limit(room)
    .modifyEnd(tx.dialect.forUpdateSkipLocked)
    .execute();
  const found = new Map(rows.map((row) => [row.id, row]));
  const leases = await claim(tx, 'attempt', [...found.keys()], node);
  return leases.map((lease) => {
    const row = found.get(lease.id);
    return { lease, begun: row?.state === 'started', node: row?.node ?? null };
  });
}

function isFree(tx: Tx, e: ExpressionBuilder<Schema, 'attempt'>) {
  return e.or([e('lease_until', 'is', null), e('lease_until', '<=', tx.leasesEndBefore)]);
}

/** When the next attempt that is not due yet will be; undefined where there is none. */
export async function readNextDue(tx: Tx, now: number): Promise<number | undefined> {
  const row = await tx.db
    .selectFrom('attempt')
    .select('due_at')
    .where(attemptIsOpen)
    .where('due_at', '>', now)
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst();
  return row?.due_at;
}

/** Marks attempts as begun; `node` where that node alone can go on with them. */
export async function markBegun(tx: Tx, ids: readonly number[], node: string | null): Promise<void> {
  if (ids.length === 0) return;
  await tx.db.updateTable('attempt').set({ state: 'started', node }).where('id', 'in', ids).execute();
}

/** Marks attempts as done, and gives their leases back. */
export async function endAttempts(
  tx: Tx,
  ids: readonly number[],
  outcome: 'passed' | 'failed' | 'doubt',
): Promise<void> {
  const free = { lease_owner: null, lease_until: null };
  await tx.db
    .updateTable('attempt')
    .set({ state: 'done', outcome, ...free })
    .where('id', 'in', ids)
    .execute();
}

/** Another try at a job, under the same key. */
export async function insertNextAttempt(
  tx: Tx,
  last: { readonly jobId: number; readonly number: number; readonly key: string },
  dueAt: number,
): Promise<void> {
  const { jobId, number, key } = last;
  await tx.db
    .insertInto('attempt')
    .values({ job_id: jobId, number: number + 1, key, state: 'due', due_at: dueAt })
    .execute();
  tx.wake('attempts');
}

/** Puts a begun attempt off; the lease stays as it is. */
export async function postponeAttempt(tx: Tx, lease: Lease, dueAt: number): Promise<void> {
  await assertLease(tx, lease);
  await tx.db.updateTable('attempt').set({ due_at: dueAt }).where('id', '=', lease.id).execute();
}

/** Keeps an attempt for its node: for so long (milliseconds), no other node has doubts about it. */
export async function keepForNode(tx: Tx, lease: Lease, forMs: number): Promise<void> {
  await assertLease(tx, lease);
  await tx.db
    .updateTable('attempt')
    .set({ lease_until: sql<number>`${tx.dialect.now} + ${forMs}` })
    .where('id', '=', lease.id)
    .execute();
}

/** The keys and numbers of the attempts that a node began and that are not done. */
export async function readOwnAttempts(
  tx: Tx,
  node: string,
): Promise<readonly { readonly key: string; readonly number: number }[]> {
  return tx.db
    .selectFrom('attempt')
    .select(['key', 'number'])
    .where('node', '=', node)
    .where(attemptIsOpen)
    .where('state', '=', 'started')
    .execute();
}

/** Which of some attempts belong to stages that somebody cancelled. */
export async function findCancelled(tx: Tx, ids: readonly number[]): Promise<readonly number[]> {
  if (ids.length === 0) return [];
  const rows = await tx.db
    .selectFrom('attempt')
    .innerJoin('job', 'job.id', 'attempt.job_id')
    .innerJoin('stage', 'stage.id', 'job.stage_id')
    .select('attempt.id')
    .where('attempt.id', 'in', ids)
    .where('stage.cancel_at', 'is not', null)
    .execute();
  return rows.map(({ id }) => id);
}

/** How many attempts wait to begin, and how many have begun. */
export async function countOpenAttempts(tx: Tx): Promise<{ readonly due: number; readonly started: number }> {
  const rows = await tx.db
    .selectFrom('attempt')
    .select(({ fn }) => ['state', fn.countAll().as('count')])
    .where(attemptIsOpen)
    .groupBy('state')
    .execute();
  const countOf = (state: string) => Number(rows.find((row) => row.state === state)?.count ?? 0);
  return { due: countOf('due'), started: countOf('started') };
}
