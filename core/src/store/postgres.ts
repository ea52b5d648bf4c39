import { type Dialect as KyselyDialect, PostgresDialect } from 'kysely';
import pg from 'pg';

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

/** A Kysely dialect over a pool. */
export function createPostgresDialect(pool: pg.Pool): KyselyDialect {
  return new PostgresDialect({ pool });
}
