import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeStores, type StorePlace } from '../../../test/support/stores.ts';
import type { PluginHost } from '../../src/plugins/plugin-host.ts';
import { adoptRepositories } from '../../src/polling/adopt-repositories.ts';
import { readRepositories } from '../../src/store/read-repositories.ts';
import { type Arrangement, House, hostShelves, revision } from './house.ts';

let host: PluginHost;
beforeAll(async () => {
  host = await hostShelves();
});
afterAll(() => host.close());

describeStores('adopting a configuration', (place) => {
  let at: StorePlace;
  let house: House;
  beforeEach(async () => {
    at = await place();
    house = await House.build(at, host);
  });
  afterEach(async () => {
    await house.close();
    await at.remove();
  });

  const everyMinute = { repository: { poll: { everyMs: 60_000 } } };
  const dump = () =>
    house.store.transact(async (tx) => ({
      repositories: await tx.db.selectFrom('repository').selectAll().orderBy('id').execute(),
      packages: await tx.db.selectFrom('package').selectAll().orderBy('id').execute(),
      listeners: await tx.db.selectFrom('listener').selectAll().orderBy('package_id').execute(),
    }));
  const readDue = async () => (await dump()).repositories[0]?.due_at;

  it('a second time changes nothing', async () => {
    const arrangement: Arrangement = { ...everyMinute, packages: { web: {}, api: {} } };
    await house.arrange(arrangement, false);
    const first = await dump();
    await house.arrange(arrangement, false);
    expect(await dump()).toEqual(first);
  });

  it('keeps what is removed, inactive, and knows it again', async () => {
    await house.arrange();
    await house.publish(revision('1.0.0'));
    await house.arrange({ packages: {}, pipelines: {} });
    expect(await house.store.transact((tx) => readRepositories(tx))).toMatchObject([
      { name: 'shop', packages: [] },
    ]);
    expect((await dump()).packages).toMatchObject([{ name: 'web', active: 0 }]);
    await house.arrange();
    expect(await house.ledger()).toEqual(['1.0.0 published']);
  });

  it('keeps a moment that is foreseen over a restart, and takes an earlier one of a new schedule', async () => {
    await house.shelve({ web: [revision('1.0.0')] });
    await house.arrange({ repository: { poll: { everyMs: 600_000 } } });
    await house.polled(1);
    const foreseen = await readDue();
    house.now += 1000;
    await house.arrange({ repository: { poll: { everyMs: 600_000 } } }, false);
    expect(await readDue()).toBe(foreseen);
    await house.arrange({ repository: { poll: { everyMs: 5000 } } }, false);
    expect(await readDue()).toBeLessThanOrEqual(house.now + 5000);
    await house.arrange({}, false);
    expect(await readDue()).toBeNull();
  });

  it('makes up for a moment of cron that was missed', async () => {
    const yearly: Arrangement = { repository: { poll: { cron: '0 0 1 1 *' } } };
    await house.arrange(yearly, false);
    const foreseen = (await readDue()) ?? 0;
    await house.arrange(yearly, false);
    expect(await readDue()).toBe(foreseen);
    await house.store.transact((tx) => tx.db.updateTable('listener').set({ since: house.now }).execute());
    house.now = foreseen + 1;
    await house.arrange(yearly, false);
    expect(await readDue()).toBe(foreseen);
  });

  it('looks at once when a package, its selection, or who listens is new', async () => {
    await house.shelve({ web: [revision('1.0.0')], api: [revision('1.0.0')] });
    await house.arrange(everyMinute);
    await house.polled(1);
    const expectNow = async (arrangement: Arrangement, polls: number) => {
      await house.arrange({ ...everyMinute, ...arrangement }, false);
      expect(await readDue()).toBe(house.now);
      house.start();
      await house.polled(polls);
    };
    await expectNow({ packages: { web: {}, api: {} } }, 2);
    await expectNow({ packages: { web: { config: { name: 'web', range: '^1' } }, api: {} } }, 3);
    const packages = { web: { config: { name: 'web', range: '^1' } }, api: {} };
    await expectNow({ packages, pipelines: { app: { web: 'latest' }, other: { api: 'latest' } } }, 4);
  });

  it('renames only what is not configured under its former name any more', async () => {
    await house.arrange({ others: { old: {} } });
    await house.arrange({ others: { old: {}, fresh: { formerly: ['old'] } } });
    expect((await dump()).repositories.map(({ name }) => name)).toEqual(['shop', 'old', 'fresh']);
    await house.arrange({ others: { newer: { formerly: ['unheard', 'old'] }, fresh: {} } });
    expect((await dump()).repositories.map(({ name }) => name)).toEqual(['shop', 'newer', 'fresh']);
  });

  it('leaves what it cannot judge as it was while a plugin is not there', async () => {
    await house.arrange();
    await house.publish(revision('1.0.0'));
    const before = (await dump()).packages;
    await house.store.transact((tx) =>
      adoptRepositories(tx, { config: house.config, plugins: new Map(), now: house.now }),
    );
    expect((await dump()).packages).toEqual(before);
  });

  it('a pipeline that was only started by hand begins to listen when that changes', async () => {
    await house.arrange({ pipelines: { app: { web: 'manual' } } });
    await house.publish(revision('1.0.0'), revision('2.0.0'));
    await house.publish(revision('1.0.0'), revision('2.0.0'), revision('1.1.0'));
    expect(await house.wishes()).toEqual([]);
    await house.arrange();
    house.now += 60_000;
    await house.poll();
    expect(await house.wishes()).toEqual(['app 2.0.0']);
  });
});
