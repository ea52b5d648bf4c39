import type { Tx } from './store.ts';

/** Makes levels known to the store; those that it knows stay as they are, and none is ever forgotten. */
export async function addLevels(tx: Tx, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await tx.db
    .insertInto('level')
    .values(names.map((name) => ({ name })))
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
}
