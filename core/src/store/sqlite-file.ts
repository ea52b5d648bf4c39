import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { RememberedStore } from './store-memory.ts';

/** What is known of a file that is to be a store. */
export interface Knowledge {
  readonly remembered: RememberedStore | undefined;
  /** Where that is remembered. */
  readonly memory: string;
}

const wayBack = 'restore a backup with "sluice restore"';

/**
 * Looks whether a store's file can be relied on: that it is there where one is remembered, is whole (`pragma
 * quick_check`, which takes about three seconds for each GB), and has the log of its newest transactions.
 * Throws in words; changes nothing.
 */
export function examineFile(path: string, { remembered, memory }: Knowledge): void {
  const anew = `to begin anew, with nothing of what was recorded, remove ${memory}`;
  const isThere = existsSync(path) && statSync(path).size > 0;
  if (!isThere) {
    if (remembered)
      throw new Error(
        `the store ${path} is ${existsSync(path) ? 'empty' : 'gone'}, and was not: ${wayBack}; ${anew}`,
      );
    return;
  }
  const hasLog = existsSync(`${path}-wal`);
  const identity = readWhole(path);
  if (hasLog || !remembered || remembered.closed || remembered.identity !== identity) return;
  throw new Error(
    `the file ${path}-wal is gone, and the server that had the store was not stopped in order: its newest transactions were in it. Put it back, or ${wayBack}; where another program has opened and closed ${path} since, nothing is lost: remove ${memory} then`,
  );
}

/**
 * The identity of the store in a file, undefined where it has none yet. Throws in words where the file is
 * damaged.
 */
function readWhole(path: string): string | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    const [found] = database.prepare('pragma quick_check(1)').all();
    const verdict = found?.['quick_check'];
    if (verdict !== 'ok') throw new Error(String(verdict));
    const [table] = database.prepare("select name from sqlite_schema where name = 'setting'").all();
    const row = table && database.prepare("select value from setting where name = 'identity'").get();
    return row && String(row['value']);
  } catch (cause) {
    const why = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' ');
    throw new Error(
      `the store ${path} is damaged (${why}): move it aside, with its -wal and -shm, and ${wayBack}`,
      { cause },
    );
  } finally {
    database?.close();
  }
}
