import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/**
 * Copies a SQLite store into a file, which is empty or not there: everything is of one moment, while a server
 * writes, and free of what was deleted. Throws in words where there is no store.
 */
export function copySqlite(path: string, to: string): void {
  if (!existsSync(path)) throw new Error(`there is no store ${path} yet: nothing to back up`);
  read(path, (database) => database.prepare('vacuum into ?').run(to));
}

/** Reads every page of a file. Throws in words where it is damaged, or no store. */
export function checkSqliteCopy(path: string): void {
  read(path, (database) => {
    const found = database.prepare('pragma integrity_check(1)').get()?.['integrity_check'];
    if (found !== 'ok') throw new Error(`${path} is damaged: ${String(found)}`);
    const tables = database.prepare(
      "select count(*) as count from sqlite_schema where name in ('kysely_migration', 'setting')",
    );
    if (tables.get()?.['count'] !== 2) throw new Error(`${path} is no store: it has none of its tables`);
  });
}

function read(path: string, use: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec('pragma busy_timeout = 10000');
    use(database);
  } catch (cause) {
    // SQLite names neither the file nor what to do.
    if (!(cause instanceof Error && 'errcode' in cause)) throw cause;
    throw new Error(`${path} cannot be read as a store: ${cause.message}`, { cause });
  } finally {
    database.close();
  }
}
