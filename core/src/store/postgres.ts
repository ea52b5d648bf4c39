import { type Dialect as KyselyDialect, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { StatementNames } from './statement-names.ts';

const int8 = 20;

/** A pool of connections whose 64-bit integers are numbers, since all of ours are times, counters and keys below 2^53. */
export function createPool(url: string): pg.Pool {
  const types: pg.CustomTypesConfig = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
  };
  const pool = new pg.Pool({ connectionString: url, types, max: 16, application_name: 'sluice' });
  // An idle connection that breaks is replaced by the pool; whoever uses a broken one gets the error.
  pool.on('error', () => {});
  return pool;
}

/** A Kysely dialect over a pool, which names the statements that come again. */
export function createPostgresDialect(pool: pg.Pool): KyselyDialect {
  const names = new StatementNames();
  const connect = async () => adaptClient(await pool.connect(), names);
  return new PostgresDialect({ pool: { options: pool.options, connect, end: () => pool.end() } });
}

/** Kysely asks for cursors only where it is given some. */
function adaptClient(client: pg.PoolClient, names: StatementNames): PostgresPoolClient {
  const query: unknown = (text: string, values: readonly unknown[]) =>
    client.query({ name: names.nameOf(text), text, values: [...values] });
  return { query: query as PostgresPoolClient['query'], release: (destroy) => client.release(destroy) };
}
