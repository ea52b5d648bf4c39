import type { Kysely } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Work on other servers: what is known of it, what was reported, and where people see it. */
export async function up(db: Kysely<unknown>, { text }: Dialect): Promise<void> {
  await db.schema.alterTable('attempt').addColumn('memory', text).execute();
  await db.schema.alterTable('attempt').addColumn('report', text).execute();
  await db.schema
    .alterTable('attempt')
    .addColumn('looks', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('job').addColumn('link', text).execute();
  await db.schema.createIndex('attempt_key').on('attempt').column('key').execute();
}
