import type { EventType } from '../config/event-types.ts';
import { chunk } from './chunk.ts';
import type { Tx } from './store.ts';

/** An event to be told. */
export interface NewEvent {
  readonly type: EventType;
  /** What it is about: `npmjs/fastify`, `acceptance/17`, `acceptance/17/smoke`. */
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event as it was recorded; `id` grows in the order of commits. */
export interface RecordedEvent extends NewEvent {
  readonly id: number;
  readonly at: number;
}

/**
 * Writes events to the outbox. Call it last in a transaction: on PostgreSQL it makes others wait for the
 * commit.
 */
export async function appendEvents(tx: Tx, events: readonly NewEvent[], now: number): Promise<void> {
  if (events.length === 0) return;
  if (tx.dialect.orderEvents) await tx.dialect.orderEvents.execute(tx.db);
  for (const some of chunk(events)) {
    await tx.db
      .insertInto('event')
      .values(some.map(({ type, subject, data }) => ({ at: now, type, subject, data: JSON.stringify(data) })))
      .execute();
  }
  tx.wake('events');
}

/** Events after `after`, oldest first. */
export async function readEvents(tx: Tx, after: number, limit: number): Promise<readonly RecordedEvent[]> {
  const rows = await tx.db
    .selectFrom('event')
    .selectAll()
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id, at, type, subject, data }) => ({
    id,
    at,
    type: type as EventType,
    subject,
    data: JSON.parse(data),
  }));
}

/** The id of the newest event, 0 where there is none. */
export async function readNewestEventId(tx: Tx): Promise<number> {
  const row = await tx.db.selectFrom('event').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row?.id ?? 0;
}
