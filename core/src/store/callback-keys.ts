import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Tx } from './store.ts';

/**
 * What a node signs addresses for reports with. Only its public half is in the store, so that every node can
 * check what one has signed.
 */
export interface CallbackKey {
  /** What the public half is found by. */
  readonly id: string;
  readonly secret: KeyObject;
}

/** Reads a node's key (Ed25519) from a file, which is made, for its owner alone, where it is missing. */
export function readCallbackKey(file: string): CallbackKey {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    // Renamed when it is whole: a node that is killed meanwhile makes another.
    writeFileSync(`${file}.new`, privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
      flush: true,
    });
    renameSync(`${file}.new`, file);
  }
  const secret = createPrivateKey(readFileSync(file));
  return { id: createHash('sha256').update(exportPublic(secret)).digest('base64url').slice(0, 22), secret };
}

/** The one key that all nodes had in the store, in clear, before each had its own. */
const formerKey = 'callback-key';
const nameOf = (id: string) => `${formerKey}/${id}`;

/** Lets every node check what this key signs. */
export async function publishCallbackKey(tx: Tx, { id, secret }: CallbackKey): Promise<void> {
  await tx.db.deleteFrom('setting').where('name', '=', formerKey).execute();
  await tx.db
    .insertInto('setting')
    .values({ name: nameOf(id), value: exportPublic(secret).toString('base64url') })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
}

/** The public half of a key; undefined where no node has published it. */
export async function findCallbackKey(tx: Tx, id: string): Promise<KeyObject | undefined> {
  const row = await tx.db
    .selectFrom('setting')
    .select('value')
    .where('name', '=', nameOf(id))
    .executeTakeFirst();
  return row && createPublicKey({ key: Buffer.from(row.value, 'base64url'), format: 'der', type: 'spki' });
}

function exportPublic(secret: KeyObject): Buffer {
  return createPublicKey(secret).export({ type: 'spki', format: 'der' });
}
