import type { Kysely } from 'kysely';
import type { Dialect } from '../dialect.ts';

/**
 * What the digests of a revision were before its bytes changed, so that whoever is asked for their word can
 * compare.
 */
export async function up(db: Kysely<unknown>, { text }: Dialect): Promise<void> {
  await db.schema.alterTable('revision').addColumn('replaced_digests', text).execute();
}
