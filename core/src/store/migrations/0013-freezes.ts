import type { Kysely } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Levels that nothing enters, for one package or for all. */
export async function up(db: Kysely<unknown>, { identity, text }: Dialect): Promise<void> {
  await db.schema
    .createTable('freeze')
    .addColumn('id', identity.type, (c) => identity.build(c).primaryKey())
    .addColumn('level_id', 'bigint', (c) => c.notNull().references('level.id'))
    .addColumn('package_id', 'bigint', (c) => c.references('package.id'))
    .addColumn('person', text, (c) => c.notNull())
    .addColumn('comment', text, (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('until', 'bigint')
    .execute();
  await db.schema.createIndex('freeze_level').on('freeze').column('level_id').execute();
}
