import { closeSync, openSync } from 'node:fs';

/**
 * Makes an empty file that its owner alone can read and write, whatever the umask is. One that is there
 * already is left as it is, and is not even opened: closing it again would give back the locks that this
 * process has on it. Throws what the file system throws.
 */
export function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
