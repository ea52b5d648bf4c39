import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestOptions } from 'vitest';
import { long } from './long.ts';
import { createDatabase, postgres } from './postgres.ts';
import { describeWith } from './requirement.ts';

/** An empty place for a store, and how to remove it. */
export interface StorePlace {
  /** `sqlite:PATH` or `postgres://...`. */
  readonly url: string;
  remove(): Promise<void>;
}

/** Tests that need a store; `place()` makes an empty store's place. */
export type StoreTests = (place: () => Promise<StorePlace>) => void;

/** Describes tests once over SQLite, and once over PostgreSQL, which is long. */
export function describeStores(title: string, tests: StoreTests): void {
  describeSqlite(title, tests);
  describePostgres(title, tests, long);
}

/** Describes what both stores owe to all that is built on them, over both in every run. */
export function describeContract(title: string, tests: StoreTests): void {
  describeSqlite(title, tests);
  describePostgres(title, tests);
}

/** Describes tests over SQLite. */
export function describeSqlite(title: string, tests: StoreTests, options: TestOptions = {}): void {
  describe(`${title}, on SQLite`, options, () => tests(placeSqlite));
}

/** Describes tests over PostgreSQL. */
export function describePostgres(title: string, tests: StoreTests, options: TestOptions = {}): void {
  describeWith(postgres, `${title}, on PostgreSQL`, () => tests(placePostgres), options);
}

/** An empty place for a SQLite store. */
export async function placeSqlite(): Promise<StorePlace> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-store-'));
  return {
    url: `sqlite:${join(directory, 'sluice.db')}`,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** An empty place for a PostgreSQL store. */
export async function placePostgres(): Promise<StorePlace> {
  const { url, drop } = await createDatabase();
  return { url, remove: drop };
}
