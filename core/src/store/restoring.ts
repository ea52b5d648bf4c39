import type { Kysely } from 'kysely';

/** A table that stands in a PostgreSQL database while a restore into it is not finished. */
export const restoringTable = 'sluice_restoring';

/**
 * Throws in words where a restore was not finished: what is there has not been made a store of its own yet.
 */
export async function refuseUnfinished<S>(db: Kysely<S>): Promise<void> {
  const tables = await db.introspection.getTables();
  if (!tables.some(({ name }) => name === restoringTable)) return;
  throw new Error(
    'a restore into this database was not finished: do it again, with "sluice restore --replace FILE"',
  );
}
