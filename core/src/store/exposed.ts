import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * What others than the owner must have none of: of a file anything; of a directory all but the right to pass
 * it, which `user:` needs.
 */
const refused = { file: 0o077, directory: 0o066 } as const;

/**
 * What of a store's file, of what lies beside it under its name (`-wal`, `.lock`, backups), and of `.sluice/`
 * others than the owner may read or change, as paths. `file` is undefined where the store is no file. Windows
 * has no such rights: nothing is found there.
 */
export function findExposed(place: string, file: string | undefined): readonly string[] {
  if (process.platform === 'win32') return [];
  const ofStore =
    file === undefined ? [] : list(dirname(file), ({ name }) => name.startsWith(basename(file)));
  return [
    ...ofStore,
    ...list(dirname(place), ({ name }) => name === basename(place)),
    ...list(place, () => true),
  ].filter(isExposed);
}

/** Says it, with the line to type; undefined where nothing is exposed. */
export function describeExposed(paths: readonly string[]): string | undefined {
  if (paths.length === 0) return undefined;
  return `others on this machine can read or change what only Sluice should; type: chmod go= ${paths.map(quote).join(' ')}`;
}

function list(directory: string, isWanted: (entry: Dirent) => boolean): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true }).filter(isWanted);
    return entries.map(({ name }) => join(directory, name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isExposed(path: string): boolean {
  try {
    const facts = lstatSync(path);
    if (!facts.isFile() && !facts.isDirectory()) return false;
    return (facts.mode & refused[facts.isDirectory() ? 'directory' : 'file']) !== 0;
  } catch (error) {
    // SQLite removes its -wal and -shm when it likes.
    if (isMissing(error)) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function quote(path: string): string {
  return /^[\w./+:@%-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
