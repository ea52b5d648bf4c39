import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';

/**
 * The SQL that leaves a mark (a UUID) as the last thing that a transaction does: it is there if, and only if,
 * the rest is.
 */
export const markSql = (mark: string): string =>
  `insert into commit_mark (id, at, settled) values ('${mark}', cast(extract(epoch from clock_timestamp()) * 1000 as bigint), 0)`;

/**
 * Whether the transaction that was to leave a mark was committed. One that is still being committed somewhere
 * is waited for; one that was not committed cannot be any more, since its mark is taken now.
 */
export async function settleMark(db: Kysely<Schema>, mark: string): Promise<boolean> {
  await sql`insert into commit_mark (id, at, settled)
    values (${mark}, cast(extract(epoch from clock_timestamp()) * 1000 as bigint), 1) on conflict (id) do nothing`.execute(
    db,
  );
  const { settled } = await db
    .selectFrom('commit_mark')
    .select('settled')
    .where('id', '=', mark)
    .executeTakeFirstOrThrow();
  return settled === 0;
}
