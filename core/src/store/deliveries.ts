import type { EventType } from '../config/event-types.ts';
import type { RecordedEvent } from './events.ts';
import type { Page, PageRequest } from './page.ts';
import type { Tx } from './store.ts';

/** How events come into a sink's queue. */
export interface QueueRequest {
  readonly sinkId: number;
  /** What the sink wants. */
  readonly types: readonly EventType[];
  /** The most that may wait in its queue. */
  readonly lookAhead: number;
  readonly now: number;
}

const rowsAtOnce = 500;

/**
 * Looks at events after a sink's cursor and queues those that it wants, in small portions; answers whether there may be more to look
 * at now. Call it where the sink's row is locked.
 */
export async function queueEvents(tx: Tx, { sinkId, types, lookAhead, now }: QueueRequest): Promise<boolean> {
  const { waiting } = await tx.db
    .selectFrom('delivery')
    .select(({ fn }) => fn.countAll<number>().as('waiting'))
    .where('sink_id', '=', sinkId)
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow();
  const limit = Math.min(rowsAtOnce, lookAhead - Number(waiting));
  if (limit <= 0) return false;
  const { cursor } = await tx.db.selectFrom('sink').select('cursor').where('id', '=', sinkId).executeTakeFirstOrThrow();
  const events = await tx.db
    .selectFrom('event')
    .select(['id', 'type', 'subject'])
    .where('id', '>', cursor)
    .orderBy('id')
    .limit(limit)
    .execute();
  const last = events.at(-1);
  if (!last) return false;
  const wanted: ReadonlySet<string> = new Set(types);
  const rows = events
    .filter(({ type }) => wanted.has(type))
    .map(({ id, subject }) => ({ sink_id: sinkId, event_id: id, lane: laneOf(subject), queued_at: now, due_at: now }));
  if (rows.length > 0) {
    await tx.db
      .insertInto('delivery')
      .values(rows.map((row) => ({ ...row, state: 'waiting' as const })))
      // What is told again may be in the queue still.
      .onConflict((conflict) => conflict.columns(['sink_id', 'event_id']).doNothing())
      .execute();
  }
  await tx.db.updateTable('sink').set({ cursor: last.id }).where('id', '=', sinkId).execute();
  return events.length === limit;
}

/** What an event is about, as order goes: a repository, a package, or a run with its stages and jobs. */
function laneOf(subject: string): string {
  return subject.split('/').slice(0, 2).join('/');
}

/** An event to be delivered now. */
export interface DueDelivery {
  readonly id: number;
  readonly lane: string;
  /** How often it was tried already. */
  readonly tries: number;
  readonly queuedAt: number;
  readonly event: RecordedEvent;
}

/** The first event of each lane of a sink's queue, without those of lanes that are busy. */
function selectHeads(tx: Tx, sinkId: number, busy: readonly string[]) {
  const heads = tx.db
    .selectFrom('delivery')
    .select(({ fn, ref }) => ['lane', fn.min<number>(ref('event_id')).as('first')])
    .where('sink_id', '=', sinkId)
    .where('state', '=', 'waiting')
    .groupBy('lane')
    .as('head');
  const query = tx.db
    .selectFrom(heads)
    .innerJoin('delivery', (join) => join.onRef('delivery.event_id', '=', 'head.first').on('delivery.sink_id', '=', sinkId));
  return busy.length === 0 ? query : query.where('head.lane', 'not in', busy);
}

/** Which deliveries are due. */
export interface DueRequest {
  readonly sinkId: number;
  readonly now: number;
  /** Lanes in which something is under way. */
  readonly busy: readonly string[];
  readonly limit: number;
}

/** The deliveries that can be made now, the oldest events first. */
export async function findDueDeliveries(tx: Tx, { sinkId, now, busy, limit }: DueRequest): Promise<readonly DueDelivery[]> {
  const rows = await selectHeads(tx, sinkId, busy)
    .innerJoin('event', 'event.id', 'delivery.event_id')
    .select(['delivery.id', 'delivery.lane', 'tries', 'queued_at', 'event_id', 'event.at', 'type', 'subject', 'data'])
    .where('due_at', '<=', now)
    .orderBy('event_id')
    .limit(limit)
    .execute();
  return rows.map(({ id, lane, tries, queued_at, ...event }) => ({
    id,
    lane,
    tries,
    queuedAt: queued_at,
    event: toEvent(event),
  }));
}

/** When there is next something to deliver beside what is under way; undefined where nothing waits. */
export async function findNextDelivery(tx: Tx, sinkId: number, busy: readonly string[]): Promise<number | undefined> {
  const row = await selectHeads(tx, sinkId, busy)
    .select(({ fn, ref }) => fn.min<number | null>(ref('due_at')).as('due'))
    .executeTakeFirst();
  return row?.due ?? undefined;
}

interface EventRow {
  readonly event_id: number;
  readonly at: number;
  readonly type: string;
  readonly subject: string;
  readonly data: string;
}

function toEvent({ event_id, at, type, subject, data }: EventRow): RecordedEvent {
  return { id: event_id, at, type: type as EventType, subject, data: JSON.parse(data) };
}

/** What came of a delivery. */
export interface DeliveryEnd {
  readonly id: number;
  /** `again` at `dueAt`, or never again. */
  readonly outcome: 'delivered' | 'again' | 'dead';
  readonly at: number;
  readonly dueAt: number;
  /** Why it was not delivered, without secrets. */
  readonly error: string;
}

/** Records what came of deliveries. */
export async function endDeliveries(tx: Tx, ends: readonly DeliveryEnd[]): Promise<void> {
  const delivered = ends.filter(({ outcome }) => outcome === 'delivered').map(({ id }) => id);
  if (delivered.length > 0) await tx.db.deleteFrom('delivery').where('id', 'in', delivered).execute();
  for (const { id, outcome, at, dueAt, error } of ends) {
    if (outcome === 'delivered') continue;
    await tx.db
      .updateTable('delivery')
      .set(({ eb, fn, ref }) => ({
        state: outcome === 'dead' ? ('dead' as const) : ('waiting' as const),
        tries: eb('tries', '+', 1),
        due_at: dueAt,
        failed_at: fn.coalesce(ref('failed_at'), eb.cast<number>(eb.val(at), 'bigint')),
        tried_at: at,
        error,
      }))
      .where('id', '=', id)
      .execute();
  }
}

/** An event that a sink did not get. */
export interface DeadLetter {
  readonly id: number;
  readonly sink: string;
  readonly event: RecordedEvent;
  readonly tries: number;
  /** When it was tried last. */
  readonly at: number;
  readonly error: string;
}

/** Dead letters, those that were queued last first; of one sink, or of all. */
export async function listDeadLetters(
  tx: Tx,
  sink: string | undefined,
  { after, limit }: PageRequest,
): Promise<Page<DeadLetter>> {
  const all = tx.db
    .selectFrom('delivery')
    .innerJoin('sink', 'sink.id', 'delivery.sink_id')
    .innerJoin('event', 'event.id', 'delivery.event_id')
    .select(['delivery.id', 'sink.name', 'tries', 'tried_at', 'error', 'event_id', 'event.at', 'type', 'subject', 'data'])
    .where('state', '=', 'dead');
  const ofSink = sink === undefined ? all : all.where('sink.name', '=', sink);
  const rows = await (after === undefined ? ofSink : ofSink.where('delivery.id', '<', after))
    .orderBy('delivery.id', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(({ id, name, tries, tried_at, error, ...event }) => ({
    ...{ id, sink: name, tries, at: tried_at ?? 0, error: error ?? '' },
    event: toEvent(event),
  }));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
