import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createPrivately } from '../private-file.ts';
import { checkDump, dump } from './dump.ts';
import type { ProgramSurroundings } from './program.ts';
import { checkSqliteCopy, copySqlite } from './sqlite-copy.ts';

/** A backup that was written, and read again. */
export interface Backup {
  readonly file: string;
  readonly bytes: number;
}

/**
 * Writes a whole and consistent copy of a store (`sqlite:PATH` or `postgres://...`) to a new file, while
 * servers work on it: everything is of one moment. The file is there when it was checked and is on the disk,
 * and not before; its owner alone can read it.
 *
 * Throws in words where the file is there already, where there is no such store, and what the copying
 * programs say.
 */
export async function backUp(url: string, file: string, surroundings: ProgramSurroundings): Promise<Backup> {
  refuseExisting(file);
  const temporary = `${file}.${randomUUID()}.part`;
  createPrivately(temporary);
  try {
    await copy(url, temporary, surroundings);
    await syncPath(temporary);
    await publish(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  return { file, bytes: (await stat(file)).size };
}

/** Makes what was written to a file, or the entries of a directory, outlive the system. */
export async function syncPath(path: string): Promise<void> {
  await using handle = await open(path);
  await handle.sync();
}

async function copy(url: string, to: string, surroundings: ProgramSurroundings): Promise<void> {
  if (url.startsWith('sqlite:')) {
    copySqlite(url.slice('sqlite:'.length), to);
    surroundings.signal.throwIfAborted();
    checkSqliteCopy(to);
  } else {
    await dump(url, to, surroundings);
    await checkDump(to, surroundings);
  }
}

function refuseExisting(file: string): void {
  if (existsSync(file))
    throw new Error(`${file} is there already, and nothing is written over it: name another file`);
}

/** The name is taken before the file gets it, so that whoever came first keeps it. */
async function publish(temporary: string, file: string): Promise<void> {
  refuseExisting(file);
  createPrivately(file);
  await rename(temporary, file);
  await syncPath(dirname(file));
}
