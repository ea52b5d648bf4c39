import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startCluster } from './cluster.ts';
import type { Requirement } from './requirement.ts';

/** A PostgreSQL server that tests may make databases in. */
export interface Server {
  readonly url: string;
  stop(): void;
}

/** Where the server is. */
export const serverVariable = 'TEST_DATABASE_URL';

/** The name of a database, already migrated, that others are copied from; set by the setup of a test run. */
export const templateVariable = 'TEST_DATABASE_TEMPLATE';

/** The server, where there is one. */
export const server = await findServer();
process.once('exit', () => server?.stop());

/**
 * PostgreSQL: `TEST_DATABASE_URL`, or the server on 127.0.0.1:5432, or a throw-away cluster from the
 * machine's binaries.
 */
export const postgres: Requirement = {
  name: 'PostgreSQL',
  install: 'apt-get install postgresql',
  met: server !== undefined,
};

/** A database of a test; `drop` removes it, whoever is still connected. */
export interface Database {
  readonly name: string;
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * Makes a database without content: a copy of the test run's template where there is one, which saves the
 * migrations.
 */
export async function createDatabase(): Promise<Database> {
  if (!server) throw new Error('PostgreSQL is missing');
  return createDatabaseOn(server, process.env[templateVariable]);
}

/** Makes a database on a server. */
export async function createDatabaseOn(server: Server, template: string | undefined): Promise<Database> {
  const name = `sluice_test_${randomBytes(6).toString('hex')}`;
  await query(server.url, `create database ${name}${template === undefined ? '' : ` template ${template}`}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    drop: () => query(server.url, `drop database if exists ${name} with (force)`),
  };
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Finds the server, or starts one. */
async function findServer(): Promise<Server | undefined> {
  const given = process.env[serverVariable];
  for (const url of given ? [given] : ['postgres://postgres@127.0.0.1:5432/postgres']) {
    const answers = await query(url, 'select 1').then(
      () => true,
      () => false,
    );
    if (answers) return { url, stop() {} };
  }
  return startCluster();
}
