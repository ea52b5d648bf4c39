import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  type Dialect as KyselyDialect,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteStatement,
} from 'kysely';

const statementsKept = 500;

/**
 * A Kysely dialect over Node's own SQLite: WAL, synchronous=FULL, foreign keys.
 *
 * `path` is a file or `:memory:`.
 */
export function createSqliteDialect(path: string): KyselyDialect {
  return new SqliteDialect({ database: async () => openDatabase(path) });
}

function openDatabase(path: string): SqliteDatabase {
  const database = new DatabaseSync(path);
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 10000',
  );
  return adaptDatabase(database);
}

/** Gives Node's database the shape that Kysely knows, and keeps prepared statements, newest last. */
function adaptDatabase(database: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(text) {
      const kept = statements.get(text);
      statements.delete(text);
      const statement = kept ?? adaptStatement(database.prepare(text));
      statements.set(text, statement);
      for (const oldest of statements.keys()) {
        if (statements.size <= statementsKept) break;
        statements.delete(oldest);
      }
      return statement;
    },
  };
}

function adaptStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
    run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
    iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
  };
}
