import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/**
 * Reasons become data: a code and facts in place of a sentence. What was recorded before keeps its sentence
 * as a fact.
 */
export async function up(db: Kysely<unknown>, { text, quoteJson }: Dialect): Promise<void> {
  const alter = () => db.schema.alterTable('decision');
  await alter()
    .addColumn('code', sql`${text}`, (column) => column.notNull().defaultTo('recorded-before'))
    .execute();
  await alter()
    .addColumn('facts', 'text', (column) => column.notNull().defaultTo('{}'))
    .execute();
  await sql`update decision set facts = '{"sentence":' || ${quoteJson('reason')} || '}'`.execute(db);
  await alter().dropColumn('reason').execute();
  const open = sql.lit('{"code":"recorded-before","facts":{"sentence":');
  await sql`update run set cause = ${open} || ${quoteJson('cause')} || '}}'`.execute(db);
}
