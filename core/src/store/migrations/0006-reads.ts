import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { readPublishingRun } from '../published-by.ts';
import type { Schema } from '../schema.ts';

/** Which run published a revision, where its data says so; and the indexes that the reading side goes by. */
export async function up(db: Kysely<unknown>, { text }: Dialect): Promise<void> {
  await db.schema.alterTable('revision').addColumn('published_by', text).execute();
  await rememberPublishers(db as Kysely<Schema>);
  await db.schema
    .createIndex('revision_published_by')
    .on('revision')
    .column('published_by')
    .where(sql.ref('published_by'), 'is not', null)
    .execute();
  await db.schema.dropIndex('decision_version').execute();
  await db.schema.createIndex('decision_version').on('decision').columns(['pipeline_id', 'version', 'id']).execute();
}

async function rememberPublishers(db: Kysely<Schema>): Promise<void> {
  const rows = await db.selectFrom('revision').select(['id', 'data']).where('data', 'like', '%"SLUICE_RUN"%').execute();
  for (const { id, data } of rows) {
    await db
      .updateTable('revision')
      .set({ published_by: readPublishingRun(JSON.parse(data)) })
      .where('id', '=', id)
      .execute();
  }
}
