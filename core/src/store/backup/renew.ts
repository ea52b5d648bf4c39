import { basename } from 'node:path';
import type { Kysely } from 'kysely';
import { appendAudit } from '../audit.ts';
import type { Dialect } from '../dialect.ts';
import { beginHold } from '../hold.ts';
import { renewStoreIdentity } from '../identity.ts';
import { dropLeases } from '../leases.ts';
import { leaveToNobody } from '../leave-attempts.ts';
import { migrate } from '../migrate.ts';
import { forgetNodes } from '../nodes.ts';
import type { Schema } from '../schema.ts';
import type { Tx } from '../store.ts';

/** A restored store. */
export interface Renewed {
  /** The time of the newest thing that it knows, in milliseconds; undefined where it knows of nothing. */
  readonly knowsUpTo: number | undefined;
}

/** What making a store of a backup needs. */
export interface RenewOptions {
  /** The backup. */
  readonly file: string;
  readonly person: string;
  readonly now: number;
  /** Done in the same transaction, last. */
  readonly finish?: (tx: Tx) => Promise<void>;
}

/**
 * Makes what came out of a backup a store of its own: brings it up to date, gives it another identity, takes
 * all work from the nodes that had it then, and holds all starts. A job that ran then is in doubt, since
 * nobody knows what became of it.
 *
 * Throws in words where the backup is of a newer program.
 */
export async function renew(db: Kysely<Schema>, dialect: Dialect, options: RenewOptions): Promise<Renewed> {
  const { file, person, now, finish } = options;
  await migrate(db, dialect);
  return db.transaction().execute(async (transaction) => {
    const tx: Tx = { db: transaction, dialect, leasesEndBefore: dialect.now, wake() {} };
    const knowsUpTo = await findNewest(tx);
    const upTo = knowsUpTo === undefined ? 'nothing' : `nothing after ${new Date(knowsUpTo).toISOString()}`;
    await renewStoreIdentity(tx);
    await dropLeases(tx);
    await leaveToNobody(tx);
    await forgetNodes(tx);
    await beginHold(tx, { since: now, reason: `this store was restored from a backup and knows ${upTo}` });
    const details = {
      file: basename(file),
      knowsUpTo: knowsUpTo === undefined ? null : new Date(knowsUpTo).toISOString(),
    };
    await appendAudit(
      tx,
      { actor: 'restore', person, action: 'restore', subject: 'store', from: null, details },
      now,
    );
    await finish?.(tx);
    return { knowsUpTo };
  });
}

async function findNewest({ db }: Tx): Promise<number | undefined> {
  const event = await db.selectFrom('event').select('at').orderBy('id', 'desc').limit(1).executeTakeFirst();
  const audit = await db.selectFrom('audit').select('at').orderBy('id', 'desc').limit(1).executeTakeFirst();
  const known = [event?.at, audit?.at].filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
