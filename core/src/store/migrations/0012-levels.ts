import type { Kysely } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Levels as places: what is at each now, and all that ever was. */
export async function up(db: Kysely<unknown>, { identity, text }: Dialect): Promise<void> {
  await db.schema
    .createTable('level')
    .addColumn('id', identity.type, (c) => identity.build(c).primaryKey())
    .addColumn('name', text, (c) => c.notNull().unique())
    .execute();
  await db.schema
    .createTable('place')
    .addColumn('level_id', 'bigint', (c) => c.notNull().references('level.id'))
    .addColumn('package_id', 'bigint', (c) => c.notNull().references('package.id'))
    .addColumn('state', text, (c) => c.notNull())
    .addColumn('live', 'bigint')
    .addColumn('entering', 'bigint')
    .addColumn('doubted', 'bigint')
    .addColumn('run_id', 'bigint')
    .addPrimaryKeyConstraint('place_pk', ['level_id', 'package_id'])
    .execute();
  await db.schema
    .createTable('stay')
    .addColumn('id', identity.type, (c) => identity.build(c).primaryKey())
    .addColumn('level_id', 'bigint', (c) => c.notNull().references('level.id'))
    .addColumn('package_id', 'bigint', (c) => c.notNull().references('package.id'))
    .addColumn('version', text, (c) => c.notNull())
    .addColumn('digest', text, (c) => c.notNull())
    .addColumn('pipeline', text)
    .addColumn('counter', 'integer')
    .addColumn('stage', text)
    .addColumn('stage_counter', 'integer')
    .addColumn('road', text, (c) => c.notNull())
    .addColumn('person', text)
    .addColumn('comment', text)
    .addColumn('instead_of', 'bigint')
    .addColumn('state', text, (c) => c.notNull())
    .addColumn('began_at', 'bigint', (c) => c.notNull())
    .addColumn('live_at', 'bigint')
    .addColumn('until', 'bigint')
    .execute();
  await db.schema.createIndex('stay_place').on('stay').columns(['level_id', 'package_id', 'id']).execute();
  await db.schema.createIndex('stay_level').on('stay').columns(['level_id', 'id']).execute();
}
