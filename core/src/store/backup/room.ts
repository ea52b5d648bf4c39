import type pg from 'pg';
import { restoringTable } from '../restoring.ts';
import { tableNames } from './tables.ts';

/** Makes a schema where it is missing. */
export async function ensureSchema(client: pg.Client, schema: string): Promise<void> {
  await client.query(`create schema if not exists ${client.escapeIdentifier(schema)}`);
}

/** Begins a restore: until {@link endRestoring}, no server begins with what is half done. */
export async function beginRestoring(client: pg.Client, schema: string): Promise<void> {
  // A table without columns is not listed.
  await client.query(`create table ${client.escapeIdentifier(schema)}.${restoringTable} (whole boolean)`);
}

/** Ends a restore, or what is left of one. */
export async function endRestoring(client: pg.Client, schema: string): Promise<void> {
  await client.query(`drop table if exists ${client.escapeIdentifier(schema)}.${restoringTable}`);
}

/** Whether a schema has a store that was ever in use, or what is left of one. */
export async function isUsed(client: pg.Client, schema: string): Promise<boolean> {
  const found = await findTables(client, schema, [restoringTable, ...tableNames]);
  if (!found.includes('setting')) return found.length > 0;
  const { rowCount } = await client.query(
    `select 1 from ${client.escapeIdentifier(schema)}.setting where name = 'identity'`,
  );
  return (rowCount ?? 0) > 0;
}

/**
 * Moves the tables of a store, and the functions of their triggers, from one schema to another, which is
 * made; all of them or none.
 */
export async function moveStore(client: pg.Client, from: string, to: string): Promise<void> {
  const [source, target] = [from, to].map((schema) => client.escapeIdentifier(schema));
  await client.query('begin');
  try {
    await ensureSchema(client, to);
    const functions = await findFunctions(client, from);
    for (const table of await findTables(client, from, tableNames)) {
      await client.query(`alter table ${source}.${client.escapeIdentifier(table)} set schema ${target}`);
    }
    for (const name of functions) await client.query(`alter function ${name} set schema ${target}`);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** Removes a schema and what is in it. */
export async function dropSchema(client: pg.Client, schema: string): Promise<void> {
  await client.query(`drop schema if exists ${client.escapeIdentifier(schema)} cascade`);
}

async function findTables(
  client: pg.Client,
  schema: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    'select tablename as name from pg_catalog.pg_tables where schemaname = $1 and tablename = any($2)',
    [schema, names],
  );
  return rows.map(({ name }) => name);
}

/** With their schema and arguments, quoted where that is needed. */
async function findFunctions(client: pg.Client, schema: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct format('%s', t.tgfoid::regprocedure) as name
       from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = any($2) and not t.tgisinternal`,
    [schema, tableNames],
  );
  return rows.map(({ name }) => name);
}
