import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeContract, type StorePlace } from '../../../test/support/stores.ts';
import { appendEvents, readEvents } from '../../src/store/events.ts';
import { assertLease, claim, LeaseLost, release, releaseAll, renew } from '../../src/store/leases.ts';
import { openStore, type Store, type Tx } from '../../src/store/store.ts';

const surroundings = { now: Date.now, random: Math.random };

describeContract('a store', (place) => {
  let at: StorePlace;
  let store: Store;
  beforeEach(async () => {
    at = await place();
    store = await openStore(at.url, surroundings);
  });
  afterEach(async () => {
    await store.close();
    await at.remove();
  });

  const addRepository = async (tx: Tx, name: string) =>
    (
      await tx.db
        .insertInto('repository')
        .values({ name, active: 1, fingerprint: 'f' })
        .returning('id')
        .executeTakeFirstOrThrow()
    ).id;
  const countRepositories = () =>
    store.transact(async (tx) => (await tx.db.selectFrom('repository').select('id').execute()).length);

  it('commits what a transaction did', async () => {
    await store.transact((tx) => addRepository(tx, 'npmjs'));
    expect(await countRepositories()).toBe(1);
  });

  it('rolls everything back when the work throws', async () => {
    const failing = store.transact(async (tx) => {
      await addRepository(tx, 'npmjs');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await countRepositories()).toBe(0);
  });

  it('reads what is of one moment, however long it takes, while others write', async () => {
    const count = async (tx: Tx) => (await tx.db.selectFrom('repository').select('id').execute()).length;
    let writing: Promise<unknown> = Promise.resolve();
    const counts = await store.read(async (tx) => {
      const first = await count(tx);
      writing = store.transact((other) => addRepository(other, 'npmjs'));
      // On SQLite the writer waits for the reader; on PostgreSQL it is done meanwhile.
      if (store.kind === 'postgres') await writing;
      return [first, await count(tx)];
    });
    await writing;
    expect(counts).toEqual([0, 0]);
    expect(await countRepositories()).toBe(1);
  });

  it('keeps concurrent transactions apart', async () => {
    const id = await store.transact((tx) => addRepository(tx, 'npmjs'));
    const increment = () =>
      store.transact(async (tx) => {
        const { requested } = await tx.db
          .selectFrom('repository')
          .select('requested')
          .where('id', '=', id)
          .modifyEnd(tx.dialect.forUpdate)
          .executeTakeFirstOrThrow();
        await new Promise(setImmediate);
        await tx.db
          .updateTable('repository')
          .set({ requested: requested + 1 })
          .where('id', '=', id)
          .execute();
      });
    await Promise.all(Array.from({ length: 20 }, increment));
    const { requested } = await store.transact((tx) =>
      tx.db.selectFrom('repository').select('requested').where('id', '=', id).executeTakeFirstOrThrow(),
    );
    expect(requested).toBe(20);
  });

  it('collates text bytewise', async () => {
    await store.transact(async (tx) => {
      for (const name of ['a', 'B', 'ä', '_', 'Z']) await addRepository(tx, name);
    });
    const rows = await store.transact((tx) =>
      tx.db.selectFrom('repository').select('name').orderBy('name').execute(),
    );
    expect(rows.map(({ name }) => name)).toEqual(['B', 'Z', '_', 'a', 'ä']);
  });

  it('opens what it wrote again', async () => {
    await store.transact((tx) => addRepository(tx, 'npmjs'));
    await store.close();
    store = await openStore(at.url, surroundings);
    expect(await countRepositories()).toBe(1);
  });

  it('refuses a store that a newer program wrote', async () => {
    await store.transact((tx) =>
      tx.db
        .insertInto('kysely_migration' as never)
        .values({ name: '9999-future', timestamp: '2030-01-01' } as never)
        .execute(),
    );
    await store.close();
    await expect(openStore(at.url, surroundings)).rejects.toThrow(/newer Sluice.*9999-future/);
    await at.remove();
    at = await place();
    store = await openStore(at.url, surroundings);
  });

  it('wakes listeners after the commit, and not after a rollback', async () => {
    const stop = new AbortController();
    const counted: number[] = [];
    const looks: Promise<void>[] = [];
    const woken = new Promise<void>((resolve) => {
      const look = async () => {
        const count = await countRepositories();
        counted.push(count);
        if (count > 0) resolve();
      };
      store.onWake('polls', () => looks.push(look()), stop.signal);
    });
    await store
      .transact(async (tx) => {
        await addRepository(tx, 'rolled-back');
        tx.wake('polls');
        throw new Error('no');
      })
      .catch(() => {});
    await store.transact(async (tx) => {
      await addRepository(tx, 'npmjs');
      tx.wake('polls');
    });
    await woken;
    stop.abort();
    await Promise.all(looks);
    expect(counted.at(-1)).toBe(1);
  });

  describe('leases', () => {
    it('fence off a node that lost its claim', async () => {
      const id = await store.transact((tx) => addRepository(tx, 'npmjs'));
      const [first] = await store.transact((tx) => claim(tx, 'repository', [id], 'one'));
      const [second] = await store.transact((tx) => claim(tx, 'repository', [id], 'two'));
      if (!first || !second) throw new Error('not claimed');
      await expect(store.transact((tx) => assertLease(tx, first))).rejects.toThrow(LeaseLost);
      await store.transact((tx) => assertLease(tx, second));
      expect(await store.transact((tx) => renew(tx, 'repository', [first, second]))).toEqual(new Set([id]));
      await store.transact((tx) => release(tx, second));
      await expect(store.transact((tx) => assertLease(tx, second))).rejects.toThrow(LeaseLost);
    });

    it('of an earlier life are given back at once', async () => {
      const id = await store.transact((tx) => addRepository(tx, 'npmjs'));
      const [lease] = await store.transact((tx) => claim(tx, 'repository', [id], 'one'));
      await store.transact((tx) => releaseAll(tx, 'one'));
      if (!lease) throw new Error('not claimed');
      await expect(store.transact((tx) => assertLease(tx, lease))).rejects.toThrow(LeaseLost);
    });
  });

  it('tells events in the order of their commits, so that a reader by id misses none', async () => {
    const write = (n: number) =>
      store.transact((tx) =>
        appendEvents(tx, [{ type: 'artifact.published', subject: `s${n}`, data: { n } }], n),
      );
    const seen: number[] = [];
    const read = async () => {
      const events = await store.transact((tx) => readEvents(tx, seen.at(-1) ?? 0, 100));
      seen.push(...events.map(({ id }) => id));
    };
    let writing = true;
    const reading = (async () => {
      while (writing) await read();
    })();
    await Promise.all(Array.from({ length: 30 }, (_, n) => write(n)));
    writing = false;
    await reading;
    await read();
    expect(new Set(seen).size).toBe(30);
    expect(seen).toHaveLength(30);
  });
});

describe('a SQLite store', () => {
  it('is refused in words to a second server, and given back when the first one closes', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-lock-'));
    const url = `sqlite:${join(directory, 'sluice.db')}`;
    const store = await openStore(url, surroundings);
    await expect(openStore(url, surroundings)).rejects.toThrow(/in use by another Sluice server/);
    await store.close();
    const again = await openStore(url, surroundings);
    await again.close();
    expect((await readdir(directory)).filter((file) => file.endsWith('.backup'))).toEqual([]);
    await rm(directory, { recursive: true });
  });
});
