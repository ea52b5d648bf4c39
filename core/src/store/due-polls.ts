import { type ExpressionBuilder, sql } from 'kysely';
import { claim, type Lease } from './leases.ts';
import { readProblem, type StoredProblem } from './packages.ts';
import type { Schema } from './schema.ts';
import type { Tx } from './store.ts';

/** A repository that this node is to poll now. */
export interface ClaimedPoll {
  readonly lease: Lease;
  readonly repositoryId: number;
  readonly name: string;
  readonly fingerprint: string;
  readonly cursor: string | undefined;
  readonly cursorAt: number | undefined;
  /** How many requests there were when it was claimed: this poll serves them. */
  readonly requested: number;
  readonly looksLeft: number;
  readonly looksFrom: number | undefined;
  readonly failures: number;
  readonly problem: StoredProblem | undefined;
}

/**
 * The longest that a node sleeps without looking, in milliseconds: another one may have died and left its
 * claims.
 */
export const longestSleepMs = 30_000;

/**
 * Whether a pipeline listens to a package of the repository: one that nobody listens to is polled on request
 * only.
 */
export function isListenedTo({ exists, selectFrom }: ExpressionBuilder<Schema, 'repository'>) {
  return exists(
    selectFrom('listener')
      .innerJoin('package', 'package.id', 'listener.package_id')
      .select(sql.lit(1).as('one'))
      .whereRef('package.repository_id', '=', 'repository.id')
      .where('package.active', '=', 1)
      .where('listener.active', '=', 1),
  );
}

function isAllowed(builder: ExpressionBuilder<Schema, 'repository'>, now: number) {
  const { eb, or, and } = builder;
  const scheduled = and([
    eb('due_at', '<=', now),
    or([isListenedTo(builder), eb('looks_from', 'is not', null)]),
  ]);
  return or([eb('requested', '>', eb.ref('served')), scheduled]);
}

/** Which polls to claim, for whom. */
export interface PollClaim {
  readonly owner: string;
  /**
   * The repositories that the owner polls now. What it has claimed beside them it lost sight of when the
   * store went away.
   */
  readonly inHand: readonly number[];
  readonly now: number;
  /** How many at most. */
  readonly limit: number;
}

/** Claims repositories that are due and that nobody polls, the longest due first. */
export async function claimDuePolls(
  tx: Tx,
  { owner, inHand, now, limit }: PollClaim,
): Promise<readonly ClaimedPoll[]> {
  const due = tx.db
    .selectFrom('repository')
    .selectAll()
    .where('active', '=', 1)
    .where((builder) => isAllowed(builder, now))
    .where(({ or, eb }) => or([eb('not_before', 'is', null), eb('not_before', '<=', now)]))
    .where(({ or, eb }) =>
      or([
        eb('lease_owner', 'is', null),
        eb('lease_owner', '=', owner),
        eb('lease_until', '<', tx.leasesEndBefore),
      ]),
    );
  const rows = await (inHand.length === 0 ? due : due.where('id', 'not in', inHand))
    .orderBy('due_at')
    .orderBy('id')
    .limit(limit)
    .modifyEnd(tx.dialect.forUpdateSkipLocked)
    .execute();
  const ids = rows.map(({ id }) => id);
  const leases = new Map((await claim(tx, 'repository', ids, owner)).map((lease) => [lease.id, lease]));
  return rows.flatMap((row) => {
    const lease = leases.get(row.id);
    if (!lease) return [];
    return {
      lease,
      repositoryId: row.id,
      name: row.name,
      fingerprint: row.fingerprint,
      requested: row.requested,
      looksLeft: row.looks_left,
      failures: row.failures,
      problem: readProblem(row),
      cursor: row.cursor ?? undefined,
      cursorAt: row.cursor_at ?? undefined,
      looksFrom: row.looks_from ?? undefined,
    };
  });
}

/** When there is next something to claim, in milliseconds; undefined where nothing is foreseen. */
export async function findNextDue(tx: Tx): Promise<number | undefined> {
  const due = sql<number | null>`case when requested > served then coalesce(not_before, 0)
    when not_before > due_at then not_before else due_at end`;
  const row = await tx.db
    .selectFrom('repository')
    .select(due.as('due'))
    .where('active', '=', 1)
    .where('lease_owner', 'is', null)
    .where(({ or, eb }) => or([eb('due_at', 'is not', null), eb('requested', '>', eb.ref('served'))]))
    .where((builder) => isAllowed(builder, Number.MAX_SAFE_INTEGER))
    .orderBy(due)
    .limit(1)
    .executeTakeFirst();
  return row?.due ?? undefined;
}

/** How many repositories are due. */
export async function countDuePolls(tx: Tx, now: number): Promise<number> {
  const row = await tx.db
    .selectFrom('repository')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('active', '=', 1)
    .where((builder) => isAllowed(builder, now))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Who wants a poll now: a registry's hook, or a person. */
export type Requester = 'hook' | 'manual';

/** How many looks follow a hook's poll that finds nothing. */
export const looksAfterHook = 3;

/** A repository that a poll was requested of. */
export interface RequestedPoll {
  /** The number of the request: it is served once as many are. */
  readonly request: number;
  /** Before this the server does not want to be asked, in milliseconds. */
  readonly notBefore: number | undefined;
}

/**
 * Asks for a poll that begins from now on, whatever the schedule and back-off; several requests are served by
 * one. Answers undefined where there is no such repository.
 */
export async function requestPoll(
  tx: Tx,
  repository: string,
  by: Requester,
): Promise<RequestedPoll | undefined> {
  const row = await tx.db
    .updateTable('repository')
    .set({
      requested: sql<number>`requested + 1`,
      ...(by === 'hook' && { looks_left: looksAfterHook, looks_from: null }),
    })
    .where('name', '=', repository)
    .where('active', '=', 1)
    .returning(['requested', 'not_before'])
    .executeTakeFirst();
  if (!row) return undefined;
  tx.wake('polls');
  return { request: row.requested, notBefore: row.not_before ?? undefined };
}

/** How many requests of a repository were served. */
export async function readServed(tx: Tx, repository: string): Promise<number | undefined> {
  const row = await tx.db
    .selectFrom('repository')
    .select('served')
    .where('name', '=', repository)
    .executeTakeFirst();
  return row?.served;
}

/** What a poll leaves behind in its repository's row. */
export interface PollResult {
  readonly lease: Lease;
  readonly served: number;
  readonly now: number;
  readonly succeeded: boolean;
  readonly failures: number;
  readonly problem: StoredProblem | undefined;
  readonly warning: string | undefined;
  /** The repository's own cursor; undefined where it is as it was. */
  readonly cursor: string | undefined;
  readonly cursorAt: number | undefined;
  readonly dueAt: number | undefined;
  readonly notBefore: number | undefined;
  readonly looksLeft: number;
  readonly looksFrom: number | undefined;
}

/** Notes how a poll ended and gives its lease back. Looks that a hook asked for meanwhile are left to it. */
export async function finishPoll(tx: Tx, result: PollResult): Promise<void> {
  const { lease, served, now, succeeded, problem, warning, cursor, cursorAt } = result;
  const isAskedAgain = sql`requested > ${served}`;
  const since = problem && sql<number>`coalesce(problem_since, ${now})`;
  await tx.db
    .updateTable('repository')
    .set({
      served,
      failures: result.failures,
      polled_at: now,
      due_at: result.dueAt ?? null,
      not_before: result.notBefore ?? null,
      ...(succeeded && { succeeded_at: now, warning: warning ?? null }),
      problem_code: problem?.code ?? null,
      problem_message: problem?.message ?? null,
      problem_since: since ?? null,
      ...(cursor !== undefined && { cursor }),
      ...(cursorAt !== undefined && { cursor_at: cursorAt }),
      looks_left: sql`case when ${isAskedAgain} then looks_left else cast(${result.looksLeft} as integer) end`,
      looks_from: sql`case when ${isAskedAgain} then looks_from else cast(${result.looksFrom ?? null} as bigint) end`,
      lease_owner: null,
      lease_until: null,
    })
    .where('id', '=', lease.id)
    .execute();
  tx.wake('polls');
}
