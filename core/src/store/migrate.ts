import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Dialect } from './dialect.ts';
import { up as foundation } from './migrations/0001-foundation.ts';
import { up as promotion } from './migrations/0002-promotion.ts';
import { up as targets } from './migrations/0003-targets.ts';
import { up as events } from './migrations/0004-events.ts';
import { up as access } from './migrations/0005-access.ts';
import { up as reads } from './migrations/0006-reads.ts';
import { up as pages } from './migrations/0007-pages.ts';
import { up as commitMarks } from './migrations/0008-commit-marks.ts';
import { up as search } from './migrations/0009-search.ts';
import { up as reasons } from './migrations/0010-reasons.ts';
import { up as replacedDigests } from './migrations/0011-replaced-digests.ts';
import { up as levels } from './migrations/0012-levels.ts';
import { up as freezes } from './migrations/0013-freezes.ts';

const migrations: Readonly<Record<string, (db: Kysely<unknown>, dialect: Dialect) => Promise<void>>> = {
  '0001-foundation': foundation,
  '0002-promotion': promotion,
  '0003-targets': targets,
  '0004-events': events,
  '0005-access': access,
  '0006-reads': reads,
  '0007-pages': pages,
  '0008-commit-marks': commitMarks,
  '0009-search': search,
  '0010-reasons': reasons,
  '0011-replaced-digests': replacedDigests,
  '0012-levels': levels,
  '0013-freezes': freezes,
};

/** What to do before a migration touches a database. */
export interface Precautions {
  /** One that holds something. */
  readonly backUp?: () => Promise<void>;
  /** One that holds no store: throws in words where there should be one. */
  readonly refuseNew?: () => void;
}

/**
 * Brings the schema up to this program's, in one transaction.
 *
 * Throws in words when the database's schema is newer than the program.
 */
export async function migrate<S>(
  db: Kysely<S>,
  dialect: Dialect,
  { backUp, refuseNew }: Precautions = {},
): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => bindMigrations(dialect) } });
  const known = new Set(Object.keys(migrations));
  const applied = await readApplied(db);
  const unknown = applied.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Error(
      `The store was written by a newer Sluice (it has ${unknown.join(', ')}): start that version, or restore a backup`,
    );
  }
  if (applied.length === 0) refuseNew?.();
  else if (applied.length < known.size) await backUp?.();
  const { error } = await migrator.migrateToLatest();
  if (error)
    throw new Error('The store could not be brought up to date; nothing was changed', { cause: error });
}

function bindMigrations(dialect: Dialect): Record<string, Migration> {
  return Object.fromEntries(
    Object.entries(migrations).map(([name, up]) => [name, { up: (db) => up(db, dialect) }]),
  );
}

async function readApplied<S>(db: Kysely<S>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  const rows = await (db as unknown as Kysely<{ kysely_migration: { name: string } }>)
    .selectFrom('kysely_migration')
    .select('name')
    .execute();
  return rows.map(({ name }) => name);
}
