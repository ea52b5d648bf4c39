import { devNull } from 'node:os';
import pg from 'pg';
import { type ProgramSurroundings, runProgram } from './program.ts';

/**
 * Writes the store in a PostgreSQL database to a file, in pg_dump's own format: everything is of one moment.
 */
export async function dump(url: string, to: string, surroundings: ProgramSurroundings): Promise<void> {
  const schema = await findSchema(url);
  if (schema === undefined) throw new Error('there is no store in this database yet: nothing to back up');
  const only = `--schema="${schema.replaceAll('"', '""')}"`;
  await runProgram(
    'pg_dump',
    ['--format=custom', '--no-owner', '--no-privileges', only, `--file=${to}`],
    surroundings,
    url,
  );
}

/** Reads a dump to its end. Throws in words where it is not whole, or not of a store. */
export async function checkDump(file: string, surroundings: ProgramSurroundings): Promise<void> {
  await readDumpSchema(file, surroundings);
  await runProgram('pg_restore', [`--file=${devNull}`, file], surroundings);
}

/** The schema that a dump of a store is of. Throws in words where it is the dump of something else. */
export async function readDumpSchema(file: string, surroundings: ProgramSurroundings): Promise<string> {
  const contents = await runProgram('pg_restore', ['--list', file], surroundings);
  const schema = /^\d+; \d+ \d+ TABLE (\S+) kysely_migration /m.exec(contents)?.[1];
  if (schema === undefined) throw new Error(`${file} is no backup of a store: it has none of its tables`);
  return schema;
}

/** Puts what is in a dump into a database, all of it or nothing. */
export async function load(
  url: string,
  { file, schema }: { readonly file: string; readonly schema: string },
  surroundings: ProgramSurroundings,
): Promise<void> {
  const options = [
    '--no-owner',
    '--no-privileges',
    `--schema=${schema}`,
    '--single-transaction',
    '--exit-on-error',
  ];
  await runProgram('pg_restore', [...options, file], surroundings, url);
}

async function findSchema(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, application_name: 'sluice-backup' });
  // Whoever asks it gets the error.
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ schema: string }>(
      `select table_schema as schema from information_schema.tables
        where table_name = 'kysely_migration' and table_schema = current_schema()`,
    );
    return rows[0]?.schema;
  } finally {
    await client.end();
  }
}
