import { DatabaseSync } from 'node:sqlite';
import { createPrivately } from './private-file.ts';

/** A lock on a file that the operating system gives back however the process ends. */
export interface FileLock {
  release(): void;
}

/**
 * Takes the exclusive lock that a file stands for, creating the file, for its owner alone.
 *
 * SQLite's own locking does it (`begin exclusive` on an empty database), since Node has no file locks. Throws
 * in words when another process holds it; `what` names what is being locked.
 */
export function lockFile(path: string, what: string): FileLock {
  createPrivately(path);
  const database = new DatabaseSync(path);
  try {
    database.exec('pragma locking_mode = exclusive; begin exclusive');
  } catch (cause) {
    database.close();
    throw new Error(`${what} is in use by another Sluice server (lock file ${path}); stop that one first`, {
      cause,
    });
  }
  return { release: () => database.close() };
}
