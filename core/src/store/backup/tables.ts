import type { Schema } from '../schema.ts';

/** Every table of a store; the compiler misses none. */
const tables: Readonly<Record<keyof Schema | 'kysely_migration' | 'kysely_migration_lock', true>> = {
  repository: true,
  package: true,
  revision: true,
  refused: true,
  acknowledgement: true,
  poll: true,
  pipeline: true,
  listener: true,
  dependency: true,
  trigger: true,
  run: true,
  run_material: true,
  run_package: true,
  started_set: true,
  stage: true,
  job: true,
  attempt: true,
  approval: true,
  log: true,
  decision: true,
  event: true,
  audit: true,
  sink: true,
  delivery: true,
  node: true,
  setting: true,
  commit_mark: true,
  level: true,
  place: true,
  stay: true,
  freeze: true,
  kysely_migration: true,
  kysely_migration_lock: true,
};

/** The names of a store's tables. Others in the same schema belong to somebody else. */
export const tableNames: readonly string[] = Object.keys(tables);
