import { open } from 'node:fs/promises';
import type { ProgramSurroundings } from './program.ts';
import type { Renewed } from './renew.ts';
import { restorePostgres } from './restore-postgres.ts';
import { restoreSqlite } from './restore-sqlite.ts';

/** What restoring needs beside the file. */
export interface RestoreOptions extends ProgramSurroundings {
  /** Whether a store that is there makes room; it is kept aside. */
  readonly replace: boolean;
  /** Who asks for it, for the audit log. */
  readonly person: string;
  readonly now: number;
}

/** A store that was restored. */
export interface Restored extends Renewed {
  /** Where what was there before is kept; undefined where nothing was. */
  readonly kept: string | undefined;
}

/**
 * Makes a store (`sqlite:PATH` or `postgres://...`) of a backup: brought up to date, with an identity of its
 * own, and with all starts held until somebody releases them.
 *
 * Throws in words, and changes nothing, where the file is no backup, of the other kind of store, or of a
 * newer program; where a server works on the store; and where there is a store already and `replace` does not
 * say that it makes room.
 */
export async function restore(url: string, file: string, options: RestoreOptions): Promise<Restored> {
  const [kind, wanted] = [await readKind(file), url.startsWith('sqlite:') ? 'SQLite' : 'PostgreSQL'];
  if (kind === undefined) throw new Error(`${file} is no backup: "sluice backup" writes one`);
  if (kind !== wanted) {
    throw new Error(
      `${file} is the backup of a ${kind} store, and "store:" says ${wanted}: restore it to a ${kind} store`,
    );
  }
  return kind === 'SQLite'
    ? restoreSqlite(url.slice('sqlite:'.length), file, options)
    : restorePostgres(url, file, options);
}

const heads = [
  ['SQLite', 'SQLite format 3\0'],
  ['PostgreSQL', 'PGDMP'],
] as const;

/** Of which kind of store a file is the backup, by how it begins. */
async function readKind(file: string): Promise<(typeof heads)[number][0] | undefined> {
  await using handle = await open(file).catch((cause: unknown) => {
    throw new Error(`${file} cannot be read`, { cause });
  });
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0);
  const head = buffer.subarray(0, bytesRead).toString('latin1');
  return heads.find(([, begins]) => head.startsWith(begins))?.[0];
}
