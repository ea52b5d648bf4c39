import { type ColumnDefinitionBuilder, type RawBuilder, sql } from 'kysely';

/**
 * Where SQLite and PostgreSQL must differ, this says how; nothing else in the store asks which one it talks
 * to.
 */
export interface Dialect {
  readonly kind: 'sqlite' | 'postgres';
  /** The type of text that collates bytewise. */
  readonly text: RawBuilder<unknown>;
  /** A key that the database numbers, never reusing a number. */
  readonly identity: {
    readonly type: 'integer' | 'bigint';
    build(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  };
  /** The database's own clock, in milliseconds. */
  readonly now: RawBuilder<number>;
  /** Ends a `select` that claims rows: leaves out those that another transaction is claiming. */
  readonly forUpdateSkipLocked: RawBuilder<unknown>;
  /**
   * Ends a `select` that locks rows to the end of the transaction. Rows that refer to them can be written
   * meanwhile, so that two transactions that both wrote such rows can then both lock, one after the other.
   */
  readonly forUpdate: RawBuilder<unknown>;
  /**
   * Makes transactions that write events commit in the order of their events' ids, so that a reader who goes
   * by id misses none.
   */
  readonly orderEvents: RawBuilder<unknown> | undefined;
  /** The text of a column as a string of JSON, quotes included. */
  quoteJson(column: string): RawBuilder<string>;
  /** Makes a table append-only: whoever updates or deletes a row of it is refused. */
  refuseChanges(table: string): readonly RawBuilder<unknown>[];
}

/** SQLite has one writer and one node: locks are not needed. */
export const sqliteDialect: Dialect = {
  kind: 'sqlite',
  text: sql`text`,
  identity: { type: 'integer', build: (column) => column.autoIncrement() },
  now: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
  forUpdateSkipLocked: sql``,
  forUpdate: sql``,
  orderEvents: undefined,
  quoteJson: (column) => sql<string>`json_quote(${sql.ref(column)})`,
  refuseChanges: (table) =>
    ['update', 'delete'].map((change) =>
      sql.raw(`create trigger ${table}_no_${change} before ${change} on ${table}
        begin select raise(abort, 'the table ${table} is append-only'); end`),
    ),
};

/** PostgreSQL 13 or newer. */
export const postgresDialect: Dialect = {
  kind: 'postgres',
  text: sql`text collate "C"`,
  identity: { type: 'bigint', build: (column) => column.generatedAlwaysAsIdentity() },
  now: sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
  forUpdateSkipLocked: sql`for no key update skip locked`,
  forUpdate: sql`for no key update`,
  orderEvents: sql`select pg_advisory_xact_lock(7310583, 1)`,
  quoteJson: (column) => sql<string>`to_json(${sql.ref(column)})::text`,
  refuseChanges: (table) => [
    sql.raw(`create function ${table}_refuse_changes() returns trigger language plpgsql
      as $$ begin raise exception 'the table ${table} is append-only'; end $$`),
    sql.raw(`create trigger ${table}_no_changes before update or delete or truncate on ${table}
      for each statement execute function ${table}_refuse_changes()`),
  ],
};
