import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeStores } from '../../../test/support/stores.ts';
import type { PluginHost } from '../../src/plugins/plugin-host.ts';
import { House, hostShelves, revision } from './house.ts';

let host: PluginHost;
beforeAll(async () => {
  host = await hostShelves();
});
afterAll(() => host.close());

const number = fc.integer({ min: 0, max: 3 });
const version = fc.tuple(number, number, number).map((parts) => parts.join('.'));
const publication = fc.uniqueArray(version, { minLength: 1, maxLength: 8 });
const byNumber = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });

describeStores('whatever is published', (place) => {
  it('the ledger has it once, in the order of the plugin without gaps; every starts each once, latest never goes down', async () => {
    const at = await place();
    const house = await House.build(at, host);
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(publication, { minLength: 1, maxLength: 5 }), async (publications) => {
        const name = `web${runs++}`;
        await house.arrange({
          packages: { [name]: { config: { name } } },
          pipelines: { [`latest${runs}`]: { [name]: 'latest' }, [`every${runs}`]: { [name]: 'every' } },
        });
        const published = new Set<string>();
        for (const some of publications) {
          for (const one of some) published.add(one);
          await house.tell({ [name]: [...published].map((one) => revision(one)) });
        }
        const sorted = [...published].sort(byNumber);
        expect(await readRanks(house, name)).toEqual(sorted.map((one, rank) => ({ version: one, rank })));
        const wishes = await house.wishes();
        const started = (pipeline: string) =>
          wishes.flatMap((wish) => (wish.startsWith(`${pipeline} `) ? wish.slice(pipeline.length + 1) : []));
        const first = new Set(publications[0]);
        const newest = [...first].sort(byNumber).at(-1);
        const later = [...published].filter((one) => !first.has(one));
        expect(started(`every${runs}`).toSorted()).toEqual([newest, ...later].toSorted());
        const latest = started(`latest${runs}`);
        expect(latest).toEqual(latest.toSorted(byNumber));
        expect(new Set(latest).size).toBe(latest.length);
        expect(latest.at(-1)).toBe(sorted.at(-1));
      }),
      { numRuns: 12 },
    );
    await house.close();
    await at.remove();
  });
});

function readRanks({ store }: House, name: string) {
  return store.transact((tx) =>
    tx.db
      .selectFrom('revision')
      .innerJoin('package', 'package.id', 'revision.package_id')
      .select(['revision.version', 'revision.rank'])
      .where('package.name', '=', name)
      .orderBy('rank')
      .execute(),
  );
}
