import { readNewestEventId } from './events.ts';
import { claim, type Lease, LeaseLost, renew } from './leases.ts';
import type { Tx } from './store.ts';

/** What the store must know of a sink that is configured. */
export interface PlannedSink {
  readonly name: string;
  readonly kind: string;
  /** For how long an event is tried, in milliseconds. */
  readonly giveUpMs: number;
}

/**
 * Makes these the sinks that there are. A new one begins with what happens from now on, and so does one that
 * was away; for one that is configured no longer nothing waits any more, and its dead letters stay.
 */
export async function adoptSinks(tx: Tx, sinks: readonly PlannedSink[]): Promise<void> {
  const known = new Map(
    (await tx.db.selectFrom('sink').select(['id', 'name', 'active']).execute()).map((row) => [row.name, row]),
  );
  const cursor = await readNewestEventId(tx);
  for (const { name, kind, giveUpMs } of sinks) {
    const row = known.get(name);
    known.delete(name);
    const facts = { kind, active: 1, give_up_ms: giveUpMs } as const;
    if (!row)
      await tx.db
        .insertInto('sink')
        .values({ name, cursor, ...facts })
        .execute();
    else {
      const changes = row.active === 1 ? facts : { ...facts, cursor };
      await tx.db.updateTable('sink').set(changes).where('id', '=', row.id).execute();
    }
  }
  for (const { id, active } of known.values()) if (active === 1) await endSink(tx, id);
  tx.wake('events');
}

async function endSink(tx: Tx, id: number): Promise<void> {
  await tx.db
    .updateTable('sink')
    .set({ active: 0, lease_owner: null, lease_until: null })
    .where('id', '=', id)
    .execute();
  await tx.db.deleteFrom('delivery').where('sink_id', '=', id).where('state', '=', 'waiting').execute();
}

/**
 * Claims a sink for `owner`, which does not have it in hand; undefined where another node has it. What
 * `owner` claimed before it lost sight of when the store went away.
 */
export async function claimSink(tx: Tx, name: string, owner: string): Promise<Lease | undefined> {
  const row = await tx.db
    .selectFrom('sink')
    .select('id')
    .where('name', '=', name)
    .where('active', '=', 1)
    .where(({ or, eb }) =>
      or([
        eb('lease_owner', 'is', null),
        eb('lease_owner', '=', owner),
        eb('lease_until', '<', tx.leasesEndBefore),
      ]),
    )
    .modifyEnd(tx.dialect.forUpdateSkipLocked)
    .executeTakeFirst();
  const [lease] = row ? await claim(tx, 'sink', [row.id], owner) : [];
  return lease;
}

/** Where a sink is in the outbox, as who delivers must know. */
export interface SinkPlace {
  /** Up to this event, those that it wants are queued, or done with. */
  readonly cursor: number;
  /** Grows whenever deliveries that were over wait again. */
  readonly epoch: number;
}

/**
 * Lengthens the lease of a sink, and locks its row to the end of the transaction. Throws {@link LeaseLost}.
 */
export async function keepSink(tx: Tx, lease: Lease): Promise<SinkPlace> {
  if (!(await renew(tx, 'sink', [lease])).has(lease.id)) throw new LeaseLost(lease);
  return tx.db
    .selectFrom('sink')
    .select(['cursor', 'epoch'])
    .where('id', '=', lease.id)
    .executeTakeFirstOrThrow();
}

/** How a sink is. */
export interface SinkStatus {
  readonly name: string;
  readonly kind: string;
  /** The event up to which it was looked what the sink is to get. */
  readonly position: number;
  /** Events that wait for it, and those after its position. */
  readonly lag: number;
  /** Since when events could not be delivered that still wait, and what went wrong last. */
  readonly failing: { readonly since: number; readonly error: string } | undefined;
  readonly deadLetters: number;
}

/** The sinks that are configured, by name. */
export async function listSinks(tx: Tx): Promise<readonly SinkStatus[]> {
  const rows = await tx.db
    .selectFrom('sink')
    .select(({ selectFrom, fn }) => {
      const deliveries = selectFrom('delivery').whereRef('delivery.sink_id', '=', 'sink.id');
      const waiting = deliveries.where('state', '=', 'waiting');
      return [
        'sink.name',
        'sink.kind',
        'sink.cursor',
        selectFrom('event')
          .select(fn.countAll<number>().as('count'))
          .whereRef('event.id', '>', 'sink.cursor')
          .as('ahead'),
        waiting.select(fn.countAll<number>().as('count')).as('waiting'),
        waiting.select(({ ref }) => fn.min<number | null>(ref('failed_at')).as('since')).as('since'),
        waiting
          .select('error')
          .where('error', 'is not', null)
          .orderBy('tried_at', 'desc')
          .limit(1)
          .as('error'),
        deliveries.select(fn.countAll<number>().as('count')).where('state', '=', 'dead').as('dead'),
      ];
    })
    .where('active', '=', 1)
    .orderBy('name')
    .execute();
  return rows.map(({ name, kind, cursor, ahead, waiting, since, error, dead }) => ({
    name,
    kind,
    position: cursor,
    lag: Number(ahead) + Number(waiting),
    deadLetters: Number(dead),
    failing: since === null ? undefined : { since: Number(since), error: error ?? '' },
  }));
}

/** The first event that was recorded at this time or later; undefined where there is none. */
export async function findEventSince(tx: Tx, at: number): Promise<number | undefined> {
  const row = await tx.db
    .selectFrom('event')
    .select('id')
    .where('at', '>=', at)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/** What to tell again. */
export interface Replay {
  /** All sinks where it is left out. */
  readonly sink: string | undefined;
  /** The first event to tell again, with all that follow it; undefined for dead letters alone. */
  readonly from: number | undefined;
}

/** What one sink is told again. */
export interface ReplayedSink {
  readonly name: string;
  /** Dead letters that wait again. */
  readonly deadLetters: number;
  /** Where it goes on. */
  readonly position: number;
}

/**
 * Lets sinks be told again: everything from an event on, or their dead letters, each with its whole time to
 * be tried. Answers which sinks that are, none where there is no such sink.
 */
export async function replayEvents(
  tx: Tx,
  { sink, from }: Replay,
  now: number,
): Promise<readonly ReplayedSink[]> {
  const replayed: ReplayedSink[] = [];
  const sinks = tx.db
    .selectFrom('sink')
    .select(['id', 'name', 'cursor'])
    .where('active', '=', 1)
    .orderBy('id');
  // Who delivers reads the cursor under the same lock.
  const rows = await (sink === undefined ? sinks : sinks.where('name', '=', sink))
    .modifyEnd(tx.dialect.forUpdate)
    .execute();
  for (const { id, name, cursor } of rows) {
    const dead = tx.db.updateTable('delivery').where('sink_id', '=', id).where('state', '=', 'dead');
    const { numUpdatedRows } = await (from === undefined ? dead : dead.where('event_id', '>=', from))
      .set({
        state: 'waiting',
        tries: 0,
        queued_at: now,
        due_at: now,
        failed_at: null,
        tried_at: null,
        error: null,
      })
      .executeTakeFirstOrThrow();
    const position = from === undefined ? cursor : Math.min(cursor, from - 1);
    await tx.db
      .updateTable('sink')
      .set(({ eb }) => ({ cursor: position, epoch: eb('epoch', '+', 1) }))
      .where('id', '=', id)
      .execute();
    replayed.push({ name, deadLetters: Number(numUpdatedRows), position });
  }
  tx.wake('events');
  return replayed;
}
