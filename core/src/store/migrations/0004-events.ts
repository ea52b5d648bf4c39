import type { Kysely } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Who is told of events, and what they have still to be told. */
export async function up(db: Kysely<unknown>, { identity, text }: Dialect): Promise<void> {
  const withId = (name: string) =>
    db.schema.createTable(name).addColumn('id', identity.type, (c) => identity.build(c).primaryKey());

  await withId('sink')
    .addColumn('name', text, (c) => c.notNull().unique())
    .addColumn('kind', text, (c) => c.notNull())
    .addColumn('active', 'integer', (c) => c.notNull())
    .addColumn('cursor', 'bigint', (c) => c.notNull())
    .addColumn('epoch', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('give_up_ms', 'bigint', (c) => c.notNull())
    .addColumn('lease_owner', text)
    .addColumn('lease_until', 'bigint')
    .addColumn('fence', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();

  await withId('delivery')
    .addColumn('sink_id', 'bigint', (c) => c.notNull().references('sink.id').onDelete('cascade'))
    .addColumn('event_id', 'bigint', (c) => c.notNull().references('event.id').onDelete('cascade'))
    .addColumn('lane', text, (c) => c.notNull())
    .addColumn('state', text, (c) => c.notNull())
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('queued_at', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('failed_at', 'bigint')
    .addColumn('tried_at', 'bigint')
    .addColumn('error', text)
    .addUniqueConstraint('delivery_once', ['sink_id', 'event_id'])
    .execute();
  await db.schema.createIndex('delivery_event').on('delivery').column('event_id').execute();
  await db.schema
    .createIndex('delivery_state')
    .on('delivery')
    .columns(['sink_id', 'state', 'event_id'])
    .execute();
}
