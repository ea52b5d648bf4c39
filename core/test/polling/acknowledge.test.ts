import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeStores, type StorePlace } from '../../../test/support/stores.ts';
import type { PluginHost } from '../../src/plugins/plugin-host.ts';
import { acknowledge } from '../../src/polling/acknowledge.ts';
import { strongestDigest } from '../../src/store/digests.ts';
import { findRevision } from '../../src/store/read-repositories.ts';
import { House, hostShelves, revision } from './house.ts';

let host: PluginHost;
beforeAll(async () => {
  host = await hostShelves();
});
afterAll(() => host.close());

const other = revision('1.0.0', { bytes: 'other' });

describeStores('acknowledging other bytes', (place) => {
  let at: StorePlace;
  let house: House;
  beforeEach(async () => {
    at = await place();
    house = await House.build(at, host);
    await house.arrange();
    await house.publish(revision('1.0.0'));
    await house.publish(other);
  });
  afterEach(async () => {
    await house.close();
    await at.remove();
  });

  const give = async (digest: string, version = '1.0.0') => {
    const { config, secretFields, calendar, now } = house;
    const given = { repository: 'shop', package: 'web', version, digest, comment: 'rebuilt', by: 'alice' };
    return (
      await house.store.transact((tx) => acknowledge(tx, given, { config, secretFields, calendar, now }))
    ).result;
  };

  it('publishes the revision again, and starts nothing', async () => {
    expect(await give(strongestDigest(other.digests))).toBe('done');
    expect(await house.ledger()).toEqual(['1.0.0 published']);
    await house.publish(other);
    expect(await house.wishes()).toEqual(['app 1.0.0']);
    const words = await house.store.transact((tx) =>
      tx.db.selectFrom('acknowledgement').selectAll().execute(),
    );
    expect(words).toMatchObject([
      { digest: strongestDigest(other.digests), comment: 'rebuilt', by: 'alice' },
    ]);
  });

  it('is refused for bytes that it has no more, or never had', async () => {
    expect(await give(strongestDigest(revision('1.0.0').digests))).toBe('moved on');
    await house.publish(revision('1.0.0', { bytes: 'a third' }));
    expect(await give(strongestDigest(other.digests))).toBe('moved on');
    expect(await house.ledger()).toEqual(['1.0.0 republished']);
  });

  it('is asked for beside the digests that were replaced, however often they change before somebody gives it', async () => {
    const address = { repository: 'shop', package: 'web' };
    const read = () => house.store.read(async (tx) => (await findRevision(tx, address, '1.0.0'))?.replaced);
    expect(await read()).toEqual(revision('1.0.0').digests);
    const third = revision('1.0.0', { bytes: 'a third' });
    await house.publish(third);
    expect(await read()).toEqual(revision('1.0.0').digests);
    await give(strongestDigest(third.digests));
    expect(await read()).toBeUndefined();
    await house.publish(other);
    expect(await read()).toEqual(third.digests);
  });

  it('is refused where nothing is to be acknowledged', async () => {
    expect(await give(strongestDigest(other.digests))).toBe('done');
    expect(await give(strongestDigest(other.digests))).toBe('moved on');
    expect(await give(strongestDigest(other.digests), '2.0.0')).toBe('unknown');
  });

  it('holds for those bytes only: others are an alarm again, the first ones too', async () => {
    await give(strongestDigest(other.digests));
    await house.publish(revision('1.0.0'));
    expect(await house.ledger()).toEqual(['1.0.0 republished']);
  });
});
