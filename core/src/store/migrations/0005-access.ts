import type { Kysely } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** The audit log, which only grows, and who acknowledged. */
export async function up(db: Kysely<unknown>, { identity, text, refuseChanges }: Dialect): Promise<void> {
  await db.schema
    .createTable('audit')
    .addColumn('id', identity.type, (c) => identity.build(c).primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('actor', text, (c) => c.notNull())
    .addColumn('person', text, (c) => c.notNull())
    .addColumn('action', text, (c) => c.notNull())
    .addColumn('subject', text, (c) => c.notNull())
    .addColumn('address', text)
    .addColumn('details', text, (c) => c.notNull())
    .execute();
  await db.schema.createIndex('audit_subject').on('audit').columns(['subject', 'id']).execute();
  await db.schema.createIndex('audit_actor').on('audit').columns(['actor', 'id']).execute();
  for (const statement of refuseChanges('audit')) await statement.execute(db);

  await db.schema.alterTable('acknowledgement').addColumn('by', text).execute();
}
