import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describePostgres, type StorePlace } from '../../../test/support/stores.ts';
import { until } from '../../../test/support/until.ts';
import { appendEvents, readEvents } from '../../src/store/events.ts';
import { claim } from '../../src/store/leases.ts';
import { openStore, type Store, type Tx } from '../../src/store/store.ts';
import { ConnectionLost } from '../../src/store/unreachable.ts';

/** What becomes of a commit on its way, and of the connection that it came over, which is cut in any case. */
type Mishap = 'arrives, and the answer does not' | 'does not arrive' | 'arrives late';

const surroundings = { now: Date.now, random: Math.random };

describePostgres('a store whose connections break', (place) => {
  let at: StorePlace;
  let store: Store;
  let wire: Awaited<ReturnType<typeof startWire>>;
  beforeEach(async () => {
    at = await place();
    wire = await startWire(new URL(at.url));
    store = await openStore(wire.url, surroundings);
  });
  afterEach(async () => {
    await store.close();
    await wire.close();
    await at.remove();
  });

  const note = (tx: Tx) => appendEvents(tx, [{ type: 'configuration.loaded', subject: 'one', data: {} }], 1);
  const countEvents = () => store.read(async (tx) => (await readEvents(tx, 0, 100)).length);

  for (const [mishap, times] of [
    ['arrives, and the answer does not', 1],
    ['does not arrive', 2],
    ['arrives late', 2],
  ] as const satisfies readonly (readonly [Mishap, number])[]) {
    it(`does what it was asked for exactly once where the commit ${mishap}`, async () => {
      let done = 0;
      wire.spoilNextCommit(mishap);
      const answer = await store.transact(async (tx) => {
        await note(tx);
        return ++done;
      });
      expect({ answer, events: await countEvents() }).toEqual({ answer: times, events: 1 });
      await wire.settled();
      expect(await countEvents()).toBe(1);
    });
  }

  it('does again what is cut in the middle, and reads again', async () => {
    let tries = 0;
    await store.transact(async (tx) => {
      if (++tries === 1) wire.cutAll();
      await note(tx);
    });
    expect({ tries, events: await countEvents() }).toEqual({ tries: 2, events: 1 });
    let reads = 0;
    const read = await store.read(async (tx) => {
      if (++reads === 1) wire.cutAll();
      return (await readEvents(tx, 0, 100)).length;
    });
    expect({ reads, read }).toEqual({ reads: 2, read: 1 });
  });

  it('says at once that it does not answer, to who has no patience', async () => {
    await wire.refuse(true);
    await expect(store.read(async () => 1, 0)).rejects.toThrow(ConnectionLost);
    await wire.refuse(false);
    await expect(store.read(async () => 1)).resolves.toBe(1);
  });

  it('wakes who listens after its own connection was cut', async () => {
    let woken = 0;
    const over = new AbortController();
    store.onWake('polls', () => void woken++, over.signal);
    await until(() => woken > 0);
    const before = woken;
    wire.cutAll();
    await until(() => woken > before);
    over.abort();
  });

  it('takes no lease for run out that nobody could renew', async () => {
    const id = await store.transact(async (tx) => {
      const row = { name: 'npmjs', active: 1, fingerprint: 'f' } as const;
      const added = await tx.db
        .insertInto('repository')
        .values(row)
        .returning('id')
        .executeTakeFirstOrThrow();
      await claim(tx, 'repository', [added.id], 'another');
      return added.id;
    });
    const isFree = () =>
      store.read(async (tx) => {
        const free = tx.db.selectFrom('repository').select('id').where('id', '=', id);
        return (await free.where('lease_until', '<', tx.leasesEndBefore).execute()).length === 1;
      });
    await store.transact((tx) => tx.db.updateTable('repository').set({ lease_until: 1 }).execute());
    expect(await isFree()).toBe(true);
    await wire.refuse(true);
    // Connections that the pool still has are found broken first.
    for (let tries = 0; tries < 4; tries++)
      await expect(store.read(async () => 1, 0)).rejects.toThrow(ConnectionLost);
    await wire.refuse(false);
    expect(await isFree()).toBe(false);
  });
});

/** A wire to a database that breaks when it is told to. */
async function startWire({ hostname, port, pathname, username }: URL) {
  const open = new Set<Socket>();
  const late: Promise<unknown>[] = [];
  let mishap: Mishap | undefined;
  const server = createServer((near) => {
    const far = dial(Number(port || 5432), hostname);
    open.add(near);
    near.on('close', () => open.delete(near));
    for (const side of [near, far]) side.on('error', () => {});
    far.on('data', (bytes) => near.write(bytes)).on('close', () => near.destroy());
    near.on('close', () => far.end());
    near.on('data', (bytes) => {
      if (mishap === undefined || !bytes.includes('; commit')) {
        far.write(bytes);
        return;
      }
      const afterMs = {
        'arrives, and the answer does not': 0,
        'arrives late': 1_500,
        'does not arrive': undefined,
      }[mishap];
      mishap = undefined;
      near.removeAllListeners('close').destroy();
      if (afterMs === undefined) far.destroy();
      else setTimeout(() => far.end(bytes), afterMs);
      late.push(once(far, 'close'));
    });
  });
  const listen = (on = 0) => new Promise<void>((resolve) => server.listen(on, '127.0.0.1', resolve));
  await listen();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server that listens has a port');
  const cutAll = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `postgres://${username}@127.0.0.1:${address.port}${pathname}`,
    cutAll,
    spoilNextCommit(next: Mishap) {
      mishap = next;
    },
    /** Until everything has arrived that does. */
    settled: () => Promise.all(late),
    async refuse(refuses: boolean) {
      if (!refuses) return listen(address.port);
      const closed = new Promise((resolve) => server.close(resolve));
      cutAll();
      await closed;
    },
    async close() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
