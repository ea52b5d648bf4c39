import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Requirement } from './requirement.ts';

const run = promisify(execFile);

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

/** PostgreSQL: `TEST_DATABASE_URL`, or the server on 127.0.0.1:5432, or a throw-away cluster from the machine's binaries. */
export const postgres: Requirement = { name: 'PostgreSQL', install: 'apt-get install postgresql', met: server !== undefined };

/** A database of a test; `drop` removes it, whoever is still connected. */
export interface Database {
  readonly name: string;
  readonly url: string;
  drop(): Promise<void>;
}

/** Makes a database without content: a copy of the test run's template where there is one, which saves the migrations. */
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
  return { name, url: url.href, drop: () => query(server.url, `drop database if exists ${name} with (force)`) };
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

async function startCluster(): Promise<Server | undefined> {
  const binaries = findBinaries();
  if (!binaries) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'sluice-postgres-'));
  const asPostgres = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
  const [program = '', ...start] = [...asPostgres, join(binaries, 'pg_ctl')];
  if (asPostgres.length > 0) await run('chown', ['postgres', directory]);
  const data = join(directory, 'data');
  await run(program, [...start, 'init', '-s', '-D', data, '-o', '--auth=trust --username=postgres']);
  const port = 20_000 + (process.pid % 20_000);
  await run(program, [
    ...start,
    'start',
    '-w',
    '-s',
    '-D',
    data,
    '-l',
    join(directory, 'log'),
    '-o',
    `-p ${port} -h 127.0.0.1 -k ${directory}`,
  ]);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop() {
      execFileSync(program, [...start, 'stop', '-m', 'immediate', '-s', '-D', data]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function findBinaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'pg_ctl')));
}
