import type { Insertable } from 'kysely';
import type { EventType } from '../config/event-types.ts';
import type { RecordedEvent } from './events.ts';
import { cutPage, type Page, type PageRequest } from './page.ts';
import type { DeliveryTable } from './schema.ts';
import type { Tx } from './store.ts';

/** An event in a sink's queue, without what it says. */
export interface QueuedDelivery {
  readonly id: number;
  readonly eventId: number;
  /** Events of one lane are delivered one after another. */
  readonly lane: string;
  /** How often it was tried already. */
  readonly tries: number;
  readonly queuedAt: number;
  readonly dueAt: number;
}

/** The oldest events that wait in a sink's queue. */
export async function loadQueue(tx: Tx, sinkId: number, limit: number): Promise<readonly QueuedDelivery[]> {
  return tx.db
    .selectFrom('delivery')
    .select(['id', 'event_id as eventId', 'lane', 'tries', 'queued_at as queuedAt', 'due_at as dueAt'])
    .where('sink_id', '=', sinkId)
    .where('state', '=', 'waiting')
    .orderBy('event_id')
    .limit(limit)
    .execute();
}

/** How events come into a sink's queue. */
export interface QueueRequest {
  readonly sinkId: number;
  /** The event after which to look. */
  readonly cursor: number;
  /** What the sink wants. */
  readonly types: readonly EventType[];
  /** The most to look at. */
  readonly limit: number;
  readonly now: number;
}

/** What was queued, and whether there may be more to look at. */
export interface Queued {
  readonly deliveries: readonly QueuedDelivery[];
  readonly more: boolean;
}

const rowsAtOnce = 500;

/**
 * Looks at a portion of the events after a sink's cursor and queues those that it wants. Call it where the
 * sink's row is locked.
 */
export async function queueEvents(
  tx: Tx,
  { sinkId, cursor, types, limit, now }: QueueRequest,
): Promise<Queued> {
  const portion = Math.min(rowsAtOnce, limit);
  const events = await tx.db
    .selectFrom('event')
    .select(['id', 'type', 'subject'])
    .where('id', '>', cursor)
    .orderBy('id')
    .limit(portion)
    .execute();
  const last = events.at(-1);
  if (!last) return { deliveries: [], more: false };
  const wanted: ReadonlySet<string> = new Set(types);
  const rows = events
    .filter(({ type }) => wanted.has(type))
    .map(({ id, subject }) => ({
      sink_id: sinkId,
      event_id: id,
      lane: laneOf(subject),
      queued_at: now,
      due_at: now,
    }));
  const deliveries = await insertDeliveries(tx, rows);
  await tx.db.updateTable('sink').set({ cursor: last.id }).where('id', '=', sinkId).execute();
  return { deliveries, more: events.length === portion };
}

/** What is told again may be in the queue still: that is left as it is, and not answered. */
async function insertDeliveries(
  tx: Tx,
  rows: readonly Pick<Insertable<DeliveryTable>, 'sink_id' | 'event_id' | 'lane' | 'queued_at' | 'due_at'>[],
): Promise<readonly QueuedDelivery[]> {
  if (rows.length === 0) return [];
  return tx.db
    .insertInto('delivery')
    .values(rows.map((row) => ({ ...row, state: 'waiting' as const })))
    .onConflict((conflict) => conflict.columns(['sink_id', 'event_id']).doNothing())
    .returning(['id', 'event_id as eventId', 'lane', 'tries', 'queued_at as queuedAt', 'due_at as dueAt'])
    .execute();
}

/** What an event is about, as order goes: a repository, a package, or a run with its stages and jobs. */
function laneOf(subject: string): string {
  return subject.split('/').slice(0, 2).join('/');
}

/** What the events of deliveries say, by their ids. */
export async function readQueuedEvents(
  tx: Tx,
  deliveries: readonly QueuedDelivery[],
): Promise<ReadonlyMap<number, RecordedEvent>> {
  if (deliveries.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('event')
    .select(['id as event_id', 'at', 'type', 'subject', 'data'])
    .where(
      'id',
      'in',
      deliveries.map(({ eventId }) => eventId),
    )
    .execute();
  return new Map(rows.map((row) => [row.event_id, toEvent(row)]));
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
    .select([
      'delivery.id',
      'sink.name',
      'tries',
      'tried_at',
      'error',
      'event_id',
      'event.at',
      'type',
      'subject',
      'data',
    ])
    .where('state', '=', 'dead');
  const ofSink = sink === undefined ? all : all.where('sink.name', '=', sink);
  const rows = await (after === undefined ? ofSink : ofSink.where('delivery.id', '<', after))
    .orderBy('delivery.id', 'desc')
    .limit(limit + 1)
    .execute();
  const { items: dead, next } = cutPage(rows, limit, ({ id }) => id);
  const items = dead.map(({ id, name, tries, tried_at, error, ...event }) => ({
    id,
    sink: name,
    tries,
    at: tried_at ?? 0,
    error: error ?? '',
    event: toEvent(event),
  }));
  return { items, next };
}
