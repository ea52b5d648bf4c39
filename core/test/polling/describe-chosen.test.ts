import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeStores, type StorePlace } from '../../../test/support/stores.ts';
import { patienceMs } from '../../../test/support/until.ts';
import type { PluginHost } from '../../src/plugins/plugin-host.ts';
import { describeChosen } from '../../src/polling/describe-chosen.ts';
import { listRevisions } from '../../src/store/read-repositories.ts';
import { House, hostShelves, revision } from './house.ts';

let host: PluginHost;
beforeAll(async () => {
  host = await hostShelves();
});
afterAll(() => host.close());

describeStores('a version that somebody chose', (place) => {
  let at: StorePlace;
  let house: House;
  beforeEach(async () => {
    at = await place();
    house = await House.build(at, host);
    await house.arrange();
    await house.publish(revision('5.0.0'), revision('5.1.0'), revision('6.0.0'));
  });
  afterEach(async () => {
    await house.close();
    await at.remove();
  });

  const choose = (version: string) =>
    describeChosen(
      { repository: 'shop', package: 'web', version },
      { store: house.store, host, config: house.config, signal: AbortSignal.timeout(patienceMs) },
    );
  const commentOf = async (version: string) => {
    const page = await house.store.transact((tx) =>
      listRevisions(tx, { repository: 'shop', package: 'web' }, { limit: 10, after: undefined }),
    );
    return page?.items.find(({ facts }) => facts.version === version)?.facts.comment;
  };
  const described = async () =>
    (await house.journal()).flatMap((line) => (line.described ? [line.described] : []));

  it('is described when the first look had left that out, and once only', async () => {
    expect(await commentOf('5.0.0')).toBeUndefined();
    expect(await choose('5.0.0')).toBeUndefined();
    expect(await choose('5.0.0')).toBeUndefined();
    expect(await commentOf('5.0.0')).toBe('described 5.0.0');
    expect(await described()).toEqual([['6.0.0'], ['5.0.0']]);
  });

  it('that is not really there, or cannot be described, says so and stays as it was recorded', async () => {
    const revisions = [revision('5.0.0'), revision('5.1.0'), revision('6.0.0')];
    await house.shelve({ web: { revisions, absent: ['5.0.0'], indescribable: ['5.1.0'] } });
    expect(await choose('5.0.0')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await choose('5.1.0')).toMatchObject({ code: 'UNREACHABLE' });
    expect(await house.ledger()).toEqual(['6.0.0 published', '5.1.0 published', '5.0.0 published']);
  });

  it('that the ledger does not have is left to those who say so', async () => {
    expect(await choose('9.9.9')).toBeUndefined();
    expect(await described()).toEqual([['6.0.0']]);
  });
});
