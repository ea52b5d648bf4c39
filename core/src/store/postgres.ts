import { randomUUID } from 'node:crypto';
import { type Dialect as KyselyDialect, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { markSql } from './commit-marks.ts';
import { StatementNames } from './statement-names.ts';
import { CommitUnknown, ConnectionLost } from './unreachable.ts';

const int8 = 20;
/** How long to wait for a connection, in milliseconds. */
const connectMs = 15_000;
/**
 * How long a database may be silent about one statement before its connection counts as lost, in
 * milliseconds.
 */
const silenceMs = 60_000;

/**
 * A pool of connections whose 64-bit integers are numbers, since all of ours are times, counters and keys
 * below 2^53.
 */
export function createPool(url: string): pg.Pool {
  const types: pg.CustomTypesConfig = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
  };
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: 16,
    application_name: 'sluice',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // An idle connection that breaks is replaced by the pool.
  pool.on('error', () => {});
  // One that somebody has breaks under a statement, which says so, or between two, and then the next one
  // does.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** What statements are sent for. */
export interface PostgresOptions {
  /**
   * `serving`: statements have names, none is waited for longer than a minute, and a transaction leaves a
   * mark by which it can be asked about when its connection breaks at the commit. `migrating`: none of that.
   */
  readonly purpose: 'migrating' | 'serving';
  /** Called when there is no connection to be had, or the database is silent. */
  readonly onOutage: () => void;
}

/**
 * A Kysely dialect over a pool, which names the statements that come again. Its statements throw
 * `StoreUnreachable`. The pool is ended by who made it.
 */
export function createPostgresDialect(pool: pg.Pool, options: PostgresOptions): KyselyDialect {
  const names = new StatementNames();
  const connect = async () => {
    const client = await pool.connect().catch((error: unknown) => {
      options.onOutage();
      throw new ConnectionLost(error);
    });
    return adaptClient(new Line(client, options), options.purpose === 'serving' ? names : undefined);
  };
  return new PostgresDialect({ pool: { options: pool.options, connect, end: async () => {} } });
}

/** Kysely asks for cursors only where it is given some. */
function adaptClient(line: Line, names: StatementNames | undefined): PostgresPoolClient {
  const query: unknown = (text: string, values: readonly unknown[]) => {
    if (text === 'commit') return line.commit();
    if (text === 'rollback') return line.rollBack();
    return line.ask({ name: names?.nameOf(text), text, values: [...values] });
  };
  return { query: query as PostgresPoolClient['query'], release: (destroy) => line.release(destroy) };
}

const readsOnly = /^(select|begin|start transaction)\b/;
/** What follows cannot write, in whatever words it asks. */
const beginsReading = /^start transaction\b.*\bread only\b/;

/**
 * Understands whether a connection still stands, from its taking to its giving back, and what hangs on it if
 * it does not.
 */
class Line {
  readonly #client: pg.PoolClient;
  readonly #options: PostgresOptions;
  #lost: unknown;
  #hasWritten = false;
  #isReading = false;

  constructor(client: pg.PoolClient, options: PostgresOptions) {
    this.#client = client;
    this.#options = options;
    client.on('error', this.#noteLoss);
  }

  /** Throws {@link ConnectionLost}, or what the database says against the statement. */
  async ask(statement: {
    readonly name?: string | undefined;
    readonly text: string;
    values?: unknown[];
  }): Promise<unknown> {
    const { purpose, onOutage } = this.#options;
    this.#isReading ||= beginsReading.test(statement.text);
    this.#hasWritten ||= !this.#isReading && !readsOnly.test(statement.text);
    const silence =
      purpose === 'serving' &&
      setTimeout(() => {
        onOutage();
        this.#noteLoss(new Error(`no answer for ${silenceMs} ms`));
        // With a statement under way it closes the socket, and waits for nothing.
        void this.#client.end();
      }, silenceMs);
    try {
      return await this.#client.query(statement);
    } catch (error) {
      if (isGoodbye(error)) this.#noteLoss(error);
      throw this.#lost === undefined ? error : new ConnectionLost(this.#lost);
    } finally {
      if (silence) clearTimeout(silence);
    }
  }

  /** Throws {@link CommitUnknown} where the connection broke over it and something was written. */
  async commit(): Promise<unknown> {
    if (this.#options.purpose === 'migrating' || !this.#hasWritten) return this.ask({ text: 'commit' });
    const mark = randomUUID();
    try {
      const results = await this.ask({ text: `${markSql(mark)}; commit` });
      return Array.isArray(results) ? results.at(-1) : results;
    } catch (error) {
      throw error instanceof ConnectionLost ? new CommitUnknown(mark, error.cause) : error;
    }
  }

  /** A connection that is lost has rolled back what was under way. */
  async rollBack(): Promise<unknown> {
    const nothing = { command: 'ROLLBACK', rows: [], rowCount: 0 };
    if (this.#lost !== undefined) return nothing;
    return this.ask({ text: 'rollback' }).catch((error: unknown) => {
      if (error instanceof ConnectionLost) return nothing;
      throw error;
    });
  }

  release(destroy: unknown): void {
    this.#client.release(destroy === true || this.#lost !== undefined);
    this.#client.off('error', this.#noteLoss);
  }

  readonly #noteLoss = (error: unknown): void => {
    this.#lost ??= error;
  };
}

/**
 * SQLSTATE with which a server ends a session: somebody asked it to, it shuts down, it crashed, it starts.
 */
const goodbyes: ReadonlySet<unknown> = new Set(['57P01', '57P02', '57P03', '08000', '08003', '08006']);

function isGoodbye(error: unknown): boolean {
  return error instanceof pg.DatabaseError && goodbyes.has(error.code);
}
