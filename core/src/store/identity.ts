import { randomUUID } from 'node:crypto';
import type { Tx } from './store.ts';

const identity = 'identity';

/** What tells this store from any other: a UUID that it has from its first use on. */
export async function readStoreIdentity(tx: Tx): Promise<string> {
  const known = () =>
    tx.db.selectFrom('setting').select('value').where('name', '=', identity).executeTakeFirst();
  const found = await known();
  if (found) return found.value;
  await tx.db
    .insertInto('setting')
    .values({ name: identity, value: randomUUID() })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const { value = '' } = (await known()) ?? {};
  return value;
}

/**
 * Gives the store another identity: what it tells and does from now on has other names than what it told and
 * did before.
 */
export async function renewStoreIdentity(tx: Tx): Promise<void> {
  await tx.db.deleteFrom('setting').where('name', '=', identity).execute();
  await readStoreIdentity(tx);
}
