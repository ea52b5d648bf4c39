import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hostFixtures } from './host.ts';

const versions = (...list: readonly (string | number)[]) =>
  list.map((version) => ({ version: String(version) }));

it('puts fresh versions where they belong, ties by version, bytewise', async () => {
  const { host } = await hostFixtures(['orderly']);
  const sorted = versions(1, 3, 5);
  const fresh = versions(6, '3.0', 0, 4);
  const order = await host.merge('orderly', { name: 'a' }, sorted, fresh);
  expect(order.map((index) => [...sorted, ...fresh][index]?.version)).toEqual([
    '0',
    '1',
    '3',
    '3.0',
    '4',
    '5',
    '6',
  ]);
});

it('orders whole revisions where the plugin does', async () => {
  const { host } = await hostFixtures(['by-build']);
  const at = (version: string, publishedAt: number) => ({ version, publishedAt });
  expect(
    await host.merge('by-build', { sense: true }, [at('9', 1), at('1', 5)], [at('5', 3), at('4', 3)]),
  ).toEqual([0, 3, 2, 1]);
});

it('keeps the order of what is sorted, and gives one answer whatever way the fresh ones come, even where the order has no sense', async () => {
  const { host } = await hostFixtures(['by-build']);
  const revision = fc.record({ version: fc.string({ minLength: 1, maxLength: 4 }), publishedAt: fc.nat(50) });
  const set = fc.uniqueArray(revision, { selector: ({ version }) => version, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(set, fc.nat(30), fc.boolean(), async (all, cut, sense) => {
      const [sorted, fresh] = [all.slice(0, cut), all.slice(cut)];
      const merge = async (list: typeof fresh) => {
        const order = await host.merge('by-build', { sense }, sorted, list);
        expect(order.filter((index) => index < sorted.length)).toEqual(sorted.map((_, index) => index));
        expect(order.toSorted((a, b) => a - b)).toEqual(all.map((_, index) => index));
        return order.map((index) => [...sorted, ...list][index]?.version);
      };
      expect(await merge(fresh.toReversed())).toEqual(await merge(fresh));
    }),
    { numRuns: 60 },
  );
});
