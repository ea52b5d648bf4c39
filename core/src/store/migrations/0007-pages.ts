import { type Kysely, sql } from 'kysely';

/**
 * The index that the pages go by: which versions have other bytes, and nobody has said that they are right.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex('revision_unacknowledged')
    .on('revision')
    .column('package_id')
    .where(sql.ref('unacknowledged'), '=', sql.lit(1))
    .execute();
}
