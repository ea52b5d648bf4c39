import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CallbackKey, readCallbackKey } from './callback-keys.ts';
import { type FileLock, lockFile } from './lock.ts';
import type { Tx } from './store.ts';

/** This node's place on its disk, locked for as long as the server lives. */
export interface NodePlace {
  /** Stays the same over restarts, so that a node knows what an earlier life of it started. */
  readonly id: string;
  /** `.sluice/` itself. */
  readonly directory: string;
  /** What it signs with; published by `publishCallbackKey`. */
  readonly callbackKey: CallbackKey;
  /** Where the work directories of its jobs are. */
  readonly jobs: string;
  release(): void;
}

/** Where a server keeps what belongs to its machine, beside sluice.yaml. */
export function placeOf(directory: string): string {
  return join(directory, '.sluice');
}

/** Takes `.sluice/` in a directory, creating it. Throws in words when another server has it. */
export function takeNodePlace(directory: string): NodePlace {
  const place = placeOf(directory);
  const jobs = join(place, 'jobs');
  mkdirSync(jobs, { recursive: true, mode: 0o700 });
  const lock: FileLock = lockFile(join(place, 'lock'), `The directory ${place}`);
  const idFile = join(place, 'node-id');
  if (!existsSync(idFile)) writeFileSync(idFile, `${randomUUID()}\n`, { mode: 0o600, flush: true });
  const callbackKey = readCallbackKey(join(place, 'callback-key.pem'));
  return {
    id: readFileSync(idFile, 'utf8').trim(),
    directory: place,
    jobs,
    callbackKey,
    release: () => lock.release(),
  };
}

const activeConfiguration = 'configuration';

/** Makes a configuration the active one: nodes with another claim nothing until they have it too. */
export async function activateConfiguration(tx: Tx, node: string, hash: string, now: number): Promise<void> {
  await tx.db
    .insertInto('setting')
    .values({ name: activeConfiguration, value: hash })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: hash }))
    .execute();
  const row = { configuration: hash, started_at: now, seen_at: now };
  await tx.db
    .insertInto('node')
    .values({ id: node, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

/** Whether the active configuration is the one with this hash. */
export async function isConfigurationActive(tx: Tx, hash: string): Promise<boolean> {
  const row = await tx.db
    .selectFrom('setting')
    .select('value')
    .where('name', '=', activeConfiguration)
    .executeTakeFirst();
  return row?.value === hash;
}

/** Forgets all nodes, and which configuration is the active one: the next node that starts has it. */
export async function forgetNodes(tx: Tx): Promise<void> {
  await tx.db.deleteFrom('node').execute();
  await tx.db.deleteFrom('setting').where('name', '=', activeConfiguration).execute();
}
