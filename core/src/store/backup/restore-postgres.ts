import { randomUUID } from 'node:crypto';
import { Kysely } from 'kysely';
import pg from 'pg';
import { postgresDialect } from '../dialect.ts';
import { createPool, createPostgresDialect } from '../postgres.ts';
import { restoringTable } from '../restoring.ts';
import type { Schema } from '../schema.ts';
import { load, readDumpSchema } from './dump.ts';
import { type Renewed, type RenewOptions, renew } from './renew.ts';
import type { Restored, RestoreOptions } from './restore.ts';
import { beginRestoring, dropSchema, endRestoring, ensureSchema, isUsed, moveStore } from './room.ts';

/**
 * Makes the store in a PostgreSQL database of a backup. What is there is moved to a schema of its own first,
 * and back where the backup cannot be loaded. Throws in words; see `restore`.
 */
export async function restorePostgres(url: string, file: string, options: RestoreOptions): Promise<Restored> {
  const schema = await readDumpSchema(file, options);
  const client = new pg.Client({ connectionString: url, application_name: 'sluice-restore' });
  // Whoever asks it gets the error.
  client.on('error', () => {});
  await client.connect();
  try {
    await refuseOtherSchema(client, schema);
    await refuseBusy(client);
    const wasUsed = await isUsed(client, schema);
    if (wasUsed && !options.replace) {
      throw new Error(
        `the database has a store already: with --replace it is kept aside in a schema of its own`,
      );
    }
    const aside = `${schema}_replaced_${new Date(options.now).toISOString().replaceAll(/\D/g, '')}`;
    await endRestoring(client, schema);
    await moveStore(client, schema, aside);
    const renewed = await loadOrMoveBack(client, { schema, aside }, () =>
      fill(client, url, { schema, file, options }),
    );
    if (wasUsed) return { ...renewed, kept: `the schema ${aside}` };
    await dropSchema(client, aside);
    return { ...renewed, kept: undefined };
  } finally {
    await client.end();
  }
}

interface Filling {
  readonly schema: string;
  readonly file: string;
  readonly options: RestoreOptions;
}

/** Takes the mark of a restore away in the transaction that makes the store one of its own. */
async function fill(client: pg.Client, url: string, { schema, file, options }: Filling): Promise<Renewed> {
  await beginRestoring(client, schema);
  await load(url, { file, schema }, options);
  const { person, now } = options;
  const finish: RenewOptions['finish'] = async ({ db }) => db.schema.dropTable(restoringTable).execute();
  const pool = createPool(url);
  const db = new Kysely<Schema>({
    dialect: createPostgresDialect(pool, { purpose: 'migrating', onOutage() {} }),
  });
  try {
    return await renew(db, postgresDialect, { file, person, now, finish });
  } finally {
    await pool.end();
  }
}

async function loadOrMoveBack<T>(
  client: pg.Client,
  { schema, aside }: { readonly schema: string; readonly aside: string },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const half = `sluice_half_${randomUUID()}`;
    await moveStore(client, schema, half);
    await dropSchema(client, half);
    await moveStore(client, aside, schema);
    await dropSchema(client, aside);
    await endRestoring(client, schema);
    throw error;
  }
}

async function refuseOtherSchema(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query<{ current: string | null }>('select current_schema() as current');
  const current = rows[0]?.current ?? undefined;
  if (current === undefined) await ensureSchema(client, schema);
  else if (current !== schema) {
    const how = `?options=-csearch_path%3D${encodeURIComponent(schema)}`;
    throw new Error(
      `the backup is of the schema ${schema}, and the address under "store:" leads to ${current}: make the schema, and add ${how}`,
    );
  }
}

async function refuseBusy(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ address: string | null }>(
    `select distinct host(client_addr) as address from pg_stat_activity
      where datname = current_database() and application_name in ('sluice', 'sluice-listen')`,
  );
  if (rows.length === 0) return;
  const from = rows.map(({ address }) => address ?? 'this machine').join(', ');
  throw new Error(`a Sluice server works on this database (from ${from}); stop every node first`);
}
