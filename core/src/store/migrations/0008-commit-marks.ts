import type { Kysely } from 'kysely';
import type { Dialect } from '../dialect.ts';

/**
 * Marks by which a node finds out whether a transaction was committed under a connection that broke; on
 * SQLite there are none.
 */
export async function up(db: Kysely<unknown>, { text }: Dialect): Promise<void> {
  await db.schema
    .createTable('commit_mark')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('settled', 'integer', (c) => c.notNull())
    .execute();
}
