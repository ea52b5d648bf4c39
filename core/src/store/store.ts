import { setTimeout as wait } from 'node:timers/promises';
import { Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { settleMark } from './commit-marks.ts';
import { type Dialect, postgresDialect, sqliteDialect } from './dialect.ts';
import { Outages } from './lease-time.ts';
import { type FileLock, lockFile } from './lock.ts';
import { migrate } from './migrate.ts';
import { outlast, type Patience } from './outlast.ts';
import { createPool, createPostgresDialect } from './postgres.ts';
import { createPrivately } from './private-file.ts';
import { refuseUnfinished } from './restoring.ts';
import type { Schema } from './schema.ts';
import { createSqliteDialect } from './sqlite.ts';
import { examineFile } from './sqlite-file.ts';
import { addressOf, type StoreMemory } from './store-memory.ts';
import { CommitUnknown, ConnectionLost } from './unreachable.ts';
import { listenForNotifications, notifySql, type Topic, Waker } from './wake.ts';

/** A transaction: what every function of the store takes. */
export interface Tx {
  readonly db: Transaction<Schema>;
  readonly dialect: Dialect;
  /**
   * Leases that last until before this, by the database's clock, have run out. None has while the database
   * was away a moment ago, and nobody could renew them.
   */
  readonly leasesEndBefore: RawBuilder<number>;
  /** Wakes whoever waits for a topic, on every node, once the transaction is committed. */
  wake(topic: Topic): void;
}

/** The store. Only {@link Store.transact} sees the database. */
export interface Store {
  readonly kind: Dialect['kind'];
  /**
   * Does some work in one transaction and commits it, or rolls back what `work` did when it throws. No
   * network and no plugin is asked inside. On PostgreSQL a transaction that loses a deadlock is done again,
   * and one whose connection breaks too, unless it turns out to be committed: `work` must change nothing
   * beside the database. Throws `StoreUnreachable` where the database stays away.
   */
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Reads in one transaction: all that it sees is of one moment, so that a run and its stages fit each other.
   * It is not for writing, which PostgreSQL refuses in it. Throws `StoreUnreachable` where the database stays
   * away for `patienceMs`, default 10 seconds.
   */
  read<T>(work: (tx: Tx) => Promise<T>, patienceMs?: number): Promise<T>;
  /** Calls `listener` whenever some node says that there is something to do, until the signal aborts. */
  onWake(topic: Topic, listener: () => void, signal: AbortSignal): void;
  close(): Promise<void>;
}

/** What opening a store needs beside its address. */
export interface StoreSurroundings {
  readonly now: () => number;
  readonly random: () => number;
  /** From its end on, what does not answer at once is waited for no longer. */
  readonly signal?: AbortSignal;
  /** Where stores that are remembered must not be taken for new ones. */
  readonly memory?: StoreMemory;
}

/** How long a database that is away is waited for, in milliseconds: a restart takes less. */
const patienceMs = 10_000;

/**
 * Opens `sqlite:PATH` (an absolute path) or `postgres://...`, and brings its schema up to date.
 *
 * Throws in words when another server holds the file, when the file is damaged, when a store that is
 * remembered is not there any more, or when the store is newer than the program.
 */
export async function openStore(url: string, surroundings: StoreSurroundings): Promise<Store> {
  return url.startsWith('sqlite:')
    ? openSqlite(url.slice('sqlite:'.length), surroundings)
    : openPostgres(url, surroundings);
}

async function openSqlite(path: string, { now, memory }: StoreSurroundings): Promise<Store> {
  const lock = lockFile(`${path}.lock`, `The store ${path}`);
  try {
    examineFile(path, { remembered: memory?.recall(`sqlite:${path}`), memory: memory?.file ?? '.sluice/' });
  } catch (error) {
    lock.release();
    throw error;
  }
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
    await migrate(db, sqliteDialect, { backUp, refuseNew: refuseForgotten(memory, `sqlite:${path}`) });
  } catch (error) {
    await closeAll(db, lock);
    throw error;
  }
  return serveSqlite(db, () => closeAll(db, lock));
}

/** For a database that holds no store: throws in words where one is remembered there. */
function refuseForgotten(memory: StoreMemory | undefined, url: string): () => void {
  const address = addressOf(url);
  return () => {
    if (!memory?.recall(address)) return;
    throw new Error(
      `there is no store at ${address} any more: restore a backup with "sluice restore"; to begin anew, with nothing of what was recorded, remove ${memory.file}`,
    );
  };
}

/** Opens a store in memory, which is gone once it is closed. */
export async function openScratchStore(): Promise<Store> {
  const db = new Kysely<Schema>({ dialect: createSqliteDialect(':memory:') });
  await migrate(db, sqliteDialect);
  return serveSqlite(db, () => db.destroy());
}

function serveSqlite(db: Kysely<Schema>, close: () => Promise<void>): Store {
  const waker = new Waker();
  const transact: Store['transact'] = (work) =>
    runTransaction(db, { dialect: sqliteDialect, leasesEndBefore: sqliteDialect.now }, work, (topics) => {
      for (const topic of topics) waker.wake(topic);
    });
  return {
    kind: 'sqlite',
    transact,
    // One connection: nobody writes meanwhile.
    read: (work) => transact(work),
    onWake: (topic, listener, signal) => waker.on(topic, listener, signal),
    close,
  };
}

async function closeAll(db: Kysely<Schema>, lock: FileLock): Promise<void> {
  await db.destroy();
  lock.release();
}

async function openPostgres(url: string, { random, signal, memory }: StoreSurroundings): Promise<Store> {
  const pool = createPool(url);
  const outages = new Outages(() => performance.now());
  const onOutage = () => outages.note();
  const migrating = new Kysely<Schema>({
    dialect: createPostgresDialect(pool, { purpose: 'migrating', onOutage }),
  });
  try {
    await refuseUnfinished(migrating);
    await migrate(migrating, postgresDialect, { refuseNew: refuseForgotten(memory, url) });
  } catch (error) {
    await pool.end();
    throw error;
  }
  const db = new Kysely<Schema>({ dialect: createPostgresDialect(pool, { purpose: 'serving', onOutage }) });
  const waker = new Waker();
  const closing = new AbortController();
  const listening = listenForNotifications(url, waker, { signal: closing.signal, random, onOutage });
  const patience: Patience = {
    patienceMs,
    random,
    signal: signal ? AbortSignal.any([closing.signal, signal]) : closing.signal,
  };
  const findLeaseEnd = () => (outages.isRecent ? sql.lit(0) : postgresDialect.now);
  return {
    kind: 'postgres',
    transact: (work) =>
      outlast(
        () =>
          retryDeadlocks(
            () => transactMarked(db, work, { patience, leasesEndBefore: findLeaseEnd() }),
            random,
          ),
        patience,
      ),
    read: (work, readPatienceMs = patienceMs) =>
      outlast(
        () =>
          db
            .transaction()
            .setIsolationLevel('repeatable read')
            .setAccessMode('read only')
            .execute((transaction) =>
              work({ db: transaction, dialect: postgresDialect, leasesEndBefore: findLeaseEnd(), wake() {} }),
            ),
        { ...patience, patienceMs: readPatienceMs },
      ),
    onWake: (topic, listener, wakeSignal) => waker.on(topic, listener, wakeSignal),
    async close() {
      closing.abort();
      await listening;
      await pool.end();
    },
  };
}

/** Where the connection breaks at the commit, finds out whether it was committed. */
async function transactMarked<T>(
  db: Kysely<Schema>,
  work: (tx: Tx) => Promise<T>,
  {
    patience,
    leasesEndBefore,
  }: { readonly patience: Patience; readonly leasesEndBefore: RawBuilder<number> },
): Promise<T> {
  let done: { readonly result: T } | undefined;
  const working = async (tx: Tx) => {
    done = { result: await work(tx) };
    return done.result;
  };
  try {
    return await runTransaction(db, { dialect: postgresDialect, leasesEndBefore }, working, undefined);
  } catch (error) {
    if (!(error instanceof CommitUnknown) || !done) throw error;
    const unknown = error;
    const isCommitted = await outlast(() => settleMark(db, unknown.mark), patience).catch(() =>
      Promise.reject(unknown),
    );
    if (isCommitted) return done.result;
    throw new ConnectionLost(unknown.cause);
  }
}

/** On PostgreSQL wake-ups are notifications, part of the transaction; elsewhere `afterCommit` gets them. */
async function runTransaction<T>(
  db: Kysely<Schema>,
  facts: Pick<Tx, 'dialect' | 'leasesEndBefore'>,
  work: (tx: Tx) => Promise<T>,
  afterCommit: ((topics: ReadonlySet<Topic>) => void) | undefined,
): Promise<T> {
  const topics = new Set<Topic>();
  const result = await db.transaction().execute(async (transaction) => {
    const done = await work({ ...facts, db: transaction, wake: (topic) => topics.add(topic) });
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
