import type { Tx } from './store.ts';

/** That nothing starts, whatever the pipeline, until somebody releases it. */
export interface Hold {
  /** In milliseconds. */
  readonly since: number;
  /** A sentence without its full stop. */
  readonly reason: string;
}

const setting = 'hold';

/** What holds all starts; undefined where nothing does. */
export async function readHold(tx: Tx): Promise<Hold | undefined> {
  const row = await tx.db
    .selectFrom('setting')
    .select('value')
    .where('name', '=', setting)
    .executeTakeFirst();
  return row && JSON.parse(row.value);
}

/** Holds all starts from now on, in place of what held them before. */
export async function beginHold(tx: Tx, { since, reason }: Hold): Promise<void> {
  const value = JSON.stringify({ since, reason });
  await tx.db
    .insertInto('setting')
    .values({ name: setting, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

/** Holds nothing any more. */
export async function endHold(tx: Tx): Promise<void> {
  await tx.db.deleteFrom('setting').where('name', '=', setting).execute();
}
