import { setTimeout as wait } from 'node:timers/promises';
import { Kysely, sql, type Transaction } from 'kysely';
import { type Dialect, postgresDialect, sqliteDialect } from './dialect.ts';
import { type FileLock, lockFile } from './lock.ts';
import { migrate } from './migrate.ts';
import { createPool, createPostgresDialect } from './postgres.ts';
import { createPrivately } from './private-file.ts';
import type { Schema } from './schema.ts';
import { createSqliteDialect } from './sqlite.ts';
import { listenForNotifications, notifySql, type Topic, Waker } from './wake.ts';

/** A transaction: what every function of the store takes. */
export interface Tx {
  readonly db: Transaction<Schema>;
  readonly dialect: Dialect;
  /** Wakes whoever waits for a topic, on every node, once the transaction is committed. */
  wake(topic: Topic): void;
}

/** The store. Only {@link Store.transact} sees the database. */
export interface Store {
  readonly kind: Dialect['kind'];
  /**
   * Does some work in one transaction and commits it, or rolls back what `work` did when it throws. No network and no plugin
   * is asked inside. On PostgreSQL a transaction that loses a deadlock is done again.
   */
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Reads in one transaction: all that it sees is of one moment, so that a run and its stages fit each other. It is not for writing,
   * which PostgreSQL refuses in it.
   */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Calls `listener` whenever some node says that there is something to do, until the signal aborts. */
  onWake(topic: Topic, listener: () => void, signal: AbortSignal): void;
  close(): Promise<void>;
}

/** What opening a store needs beside its address. */
export interface StoreSurroundings {
  readonly now: () => number;
  readonly random: () => number;
}

/**
 * Opens `sqlite:PATH` (an absolute path) or `postgres://...`, and brings its schema up to date.
 *
 * Throws in words when another server holds the file, or when the store is newer than the program.
 */
export async function openStore(url: string, surroundings: StoreSurroundings): Promise<Store> {
  return url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length), surroundings) : openPostgres(url, surroundings);
}

async function openSqlite(path: string, { now }: StoreSurroundings): Promise<Store> {
  const lock = lockFile(`${path}.lock`, `The store ${path}`);
  // SQLite gives what it makes beside the file (-wal, -shm) the rights of the file.
  createPrivately(path);
  const db = new Kysely<Schema>({ dialect: createSqliteDialect(path) });
  const backUp = async () => {
    const stamp = new Date(now()).toISOString().replaceAll(/[:.]/g, '-');
    const backup = `${path}.${stamp}.backup`;
    createPrivately(backup);
    await sql`vacuum into ${backup}`.execute(db);
  };
  try {
    await migrate(db, sqliteDialect, backUp);
  } catch (error) {
    await closeAll(db, lock);
    throw error;
  }
  return serveSqlite(db, () => closeAll(db, lock));
}

/** Opens a store in memory, which is gone once it is closed. */
export async function openScratchStore(): Promise<Store> {
  const db = new Kysely<Schema>({ dialect: createSqliteDialect(':memory:') });
  await migrate(db, sqliteDialect, async () => {});
  return serveSqlite(db, () => db.destroy());
}

function serveSqlite(db: Kysely<Schema>, close: () => Promise<void>): Store {
  const waker = new Waker();
  const transact: Store['transact'] = (work) =>
    runTransaction(db, sqliteDialect, work, (topics) => {
      for (const topic of topics) waker.wake(topic);
    });
  return {
    kind: 'sqlite',
    transact,
    // One connection: nobody writes meanwhile.
    read: transact,
    onWake: (topic, listener, signal) => waker.on(topic, listener, signal),
    close,
  };
}

async function closeAll(db: Kysely<Schema>, lock: FileLock): Promise<void> {
  await db.destroy();
  lock.release();
}

async function openPostgres(url: string, { random }: StoreSurroundings): Promise<Store> {
  const pool = createPool(url);
  const db = new Kysely<Schema>({ dialect: createPostgresDialect(pool) });
  try {
    await migrate(db, postgresDialect, async () => {});
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const waker = new Waker();
  const closing = new AbortController();
  const listening = listenForNotifications(url, waker, closing.signal, random);
  return {
    kind: 'postgres',
    transact: (work) => retryDeadlocks(() => runTransaction(db, postgresDialect, work, undefined), random),
    read: (work) =>
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute((transaction) => work({ db: transaction, dialect: postgresDialect, wake() {} })),
    onWake: (topic, listener, signal) => waker.on(topic, listener, signal),
    async close() {
      closing.abort();
      await listening;
      await db.destroy();
    },
  };
}

/** On PostgreSQL wake-ups are notifications, part of the transaction; elsewhere `afterCommit` gets them. */
async function runTransaction<T>(
  db: Kysely<Schema>,
  dialect: Dialect,
  work: (tx: Tx) => Promise<T>,
  afterCommit: ((topics: ReadonlySet<Topic>) => void) | undefined,
): Promise<T> {
  const topics = new Set<Topic>();
  const result = await db.transaction().execute(async (transaction) => {
    const done = await work({ db: transaction, dialect, wake: (topic) => topics.add(topic) });
    if (!afterCommit) for (const topic of topics) await sql.raw(notifySql(topic)).execute(transaction);
    return done;
  });
  afterCommit?.(topics);
  return result;
}

const deadlock = '40P01';
const serialization = '40001';
const mostTries = 5;

async function retryDeadlocks<T>(transact: () => Promise<T>, random: () => number): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await transact();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (tries === mostTries || (code !== deadlock && code !== serialization)) throw error;
      await wait(20 * 2 ** tries * random());
    }
  }
}
