import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeContract, type StorePlace } from '../../../test/support/stores.ts';
import { strongestDigest } from '../../src/store/digests.ts';
import { insertRevisions, loadLedgers, moveRanks, patchRevisions } from '../../src/store/ledger.ts';
import { insertPackages, loadPackages } from '../../src/store/packages.ts';
import { countRevisions, listRevisions } from '../../src/store/read-repositories.ts';
import { insertRepository } from '../../src/store/repositories.ts';
import { openStore, type Store } from '../../src/store/store.ts';

describeContract('the ledger', (place) => {
  let at: StorePlace;
  let store: Store;
  let packageId: number;
  beforeEach(async () => {
    at = await place();
    store = await openStore(at.url, { now: Date.now, random: Math.random });
    packageId = await store.transact(async (tx) => {
      const repository = await insertRepository(tx, 'shop', 'f');
      await insertPackages(tx, repository, [{ name: 'web', selection: 's' }]);
      return (await loadPackages(tx, repository))[0]?.id ?? 0;
    });
  });
  afterEach(async () => {
    await store.close();
    await at.remove();
  });

  const record = (count: number) =>
    store.transact((tx) =>
      insertRevisions(
        tx,
        Array.from({ length: count }, (_, rank) => ({
          packageId,
          facts: { version: `1.0.${rank}` },
          rank,
          described: false,
          detectedAt: 1,
        })),
      ),
    );
  const read = async () => (await store.transact((tx) => loadLedgers(tx, [packageId]))).get(packageId) ?? [];

  it('gives back every fact as it was told, and none that was not', async () => {
    const full = {
      version: '1.0.0',
      standing: 'yanked' as const,
      digests: { sha512: 'ab', md5: 'cd' },
      location: 'https://example.com/1.0.0.tgz',
      publishedAt: 1_700_000_000_123,
      publisher: 'ann',
      comment: 'ä "quoted"\nline',
      trackbackUrl: 'https://example.com/',
      purl: 'pkg:npm/web@1.0.0',
      warning: 'mind',
      files: [{ name: 'a', size: 3, digests: { sha1: 'ef' } }],
      data: { KEY: 'value', __proto: 'x' },
    };
    await store.transact((tx) =>
      insertRevisions(tx, [
        { packageId, facts: full, rank: 0, described: true, detectedAt: 5 },
        { packageId, facts: { version: '2.0.0' }, rank: 1, described: false, detectedAt: 5 },
      ]),
    );
    const [first, second] = await read();
    expect(first).toMatchObject({
      facts: full,
      state: 'published',
      described: true,
      selected: true,
      detectedAt: 5,
    });
    expect(second).toMatchObject({
      facts: { version: '2.0.0', standing: 'ok' },
      described: false,
      missingSince: undefined,
    });
    expect(Object.keys(second?.facts ?? {})).toEqual(['version', 'standing']);
  });

  it('moves thousands of ranks at once', async () => {
    const ids = await record(2000);
    await store.transact((tx) =>
      moveRanks(
        tx,
        ids.map(({ id }, rank) => ({ id, rank: rank + 1 })),
      ),
    );
    expect((await read()).map(({ rank }) => rank)).toEqual(ids.map((_, rank) => rank + 1));
  });

  it('patches only what a patch names', async () => {
    const [one, two] = await record(2);
    await store.transact((tx) =>
      patchRevisions(tx, [
        { id: one?.id ?? 0, patch: { state: 'withdrawn', missingSince: 7, selected: false } },
        { id: two?.id ?? 0, patch: { facts: { version: '1.0.1', comment: 'new' }, unacknowledged: true } },
      ]),
    );
    await store.transact((tx) => patchRevisions(tx, [{ id: one?.id ?? 0, patch: { missingSince: null } }]));
    expect(await read()).toMatchObject([
      { state: 'withdrawn', missingSince: undefined, selected: false, facts: { version: '1.0.0' } },
      { state: 'published', facts: { comment: 'new' }, unacknowledged: true, selected: true },
    ]);
    expect(await store.transact(countRevisions)).toEqual({ published: 1, republished: 0, withdrawn: 1 });
  });

  it('lists a package page by page, highest rank first', async () => {
    await record(5);
    const name = { repository: 'shop', package: 'web' };
    const versions: string[] = [];
    let after: number | undefined;
    do {
      const page = await store.transact((tx) => listRevisions(tx, name, { limit: 2, after }));
      versions.push(...(page?.items ?? []).map(({ facts }) => facts.version));
      after = page?.next ?? undefined;
    } while (after !== undefined);
    expect(versions).toEqual(['1.0.4', '1.0.3', '1.0.2', '1.0.1', '1.0.0']);
    const found = await store.transact((tx) =>
      listRevisions(tx, name, { limit: 2, after: undefined, fragment: '0.3' }),
    );
    expect(found).toMatchObject({ items: [{ facts: { version: '1.0.3' } }], next: null });
    const unknown = { repository: 'shop', package: 'nothing' };
    expect(
      await store.transact((tx) => listRevisions(tx, unknown, { limit: 2, after: undefined })),
    ).toBeUndefined();
  });
});

describe('the strongest digest', () => {
  it('is the strongest of those known, whatever else there is', () => {
    const known = ['sha512', 'sha384', 'sha256', 'sha224', 'sha1', 'md5'];
    fc.assert(
      fc.property(fc.subarray([...known, 'crc32', 'blake3']), (names) => {
        const digest = strongestDigest(Object.fromEntries(names.map((name) => [name, `${name}-hex`])));
        const best = known.find((name) => names.includes(name)) ?? names.toSorted()[0];
        expect(digest).toBe(best === undefined ? '' : `${best}:${best}-hex`);
      }),
    );
    expect(strongestDigest(undefined)).toBe('');
  });
});
