import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import { sqliteDialect } from '../dialect.ts';
import { lockFile } from '../lock.ts';
import { createPrivately } from '../private-file.ts';
import type { Schema } from '../schema.ts';
import { createSqliteDialect } from '../sqlite.ts';
import { syncPath } from './backup.ts';
import { type Renewed, type RenewOptions, renew } from './renew.ts';
import type { Restored, RestoreOptions } from './restore.ts';
import { checkSqliteCopy, copySqlite } from './sqlite-copy.ts';

/** What SQLite keeps beside a file; with another file they would destroy it. */
const companions = ['-wal', '-shm', '-journal'] as const;

/**
 * Makes the store in a file of a backup. All is done in a file beside it, which takes its name last. Throws
 * in words; see `restore`.
 */
export async function restoreSqlite(path: string, file: string, options: RestoreOptions): Promise<Restored> {
  const lock = lockFile(`${path}.lock`, `The store ${path}`);
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    if (isThere(path) && !options.replace) {
      throw new Error(`${path} is a store already: with --replace it is kept aside under another name`);
    }
    checkSqliteCopy(file);
    createPrivately(temporary);
    copySqlite(file, temporary);
    options.signal.throwIfAborted();
    const renewed = await renewFile(temporary, { ...options, file });
    await syncPath(temporary);
    const kept = await makeRoom(path, options.now);
    await rename(temporary, path);
    await syncPath(dirname(path));
    return { ...renewed, kept };
  } finally {
    for (const end of ['', ...companions]) await rm(`${temporary}${end}`, { force: true });
    lock.release();
  }
}

/** Closing moves everything into the file itself. */
async function renewFile(path: string, options: RenewOptions): Promise<Renewed> {
  const db = new Kysely<Schema>({ dialect: createSqliteDialect(path) });
  try {
    return await renew(db, sqliteDialect, options);
  } finally {
    await db.destroy();
  }
}

function isThere(path: string): boolean {
  return [path, `${path}-wal`].some((each) => existsSync(each) && statSync(each).size > 0);
}

/** Gives what is there another name, with what belongs to it; answers that name. */
async function makeRoom(path: string, now: number): Promise<string | undefined> {
  const wasThere = isThere(path);
  const kept = `${path}.${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}.replaced`;
  // The companions first: a file without its own is whole as of some moment, and one with another's is lost.
  for (const end of [...companions, '']) {
    if (existsSync(`${path}${end}`)) await rename(`${path}${end}`, `${kept}${end}`);
  }
  return wasThere ? kept : undefined;
}
