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
  await db.schema
    .createIndex('decision_version')
    .on('decision')
    .columns(['pipeline_id', 'version', 'id'])
    .execute();
  await db.schema
    .createIndex('decision_package')
    .on('decision')
    .columns(['package_id', 'version', 'id'])
    .execute();
  // The newest runs first, without looking at all.
  for (const [name, column] of [
    ['run_material_revision', 'revision_id'] as const,
    ['run_material_upstream', 'upstream_run_id'] as const,
  ]) {
    await db.schema.dropIndex(name).execute();
    await db.schema.createIndex(name).on('run_material').columns([column, 'run_id']).execute();
  }
  // SQLite does not see that one state is among those of a partial index.
  await db.schema.dropIndex('trigger_waiting').execute();
  await db.schema
    .createIndex('trigger_state')
    .on('trigger')
    .columns(['state', 'pipeline_id', 'id'])
    .execute();
}

async function rememberPublishers(db: Kysely<Schema>): Promise<void> {
  const rows = await db
    .selectFrom('revision')
    .select(['id', 'data'])
    .where('data', 'like', '%"SLUICE_RUN"%')
    .execute();
  for (const { id, data } of rows) {
    await db
      .updateTable('revision')
      .set({ published_by: readPublishingRun(JSON.parse(data)) })
      .where('id', '=', id)
      .execute();
  }
}
