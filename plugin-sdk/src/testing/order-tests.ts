import { describe, expect, it } from 'vitest';
import type { PackagePlugin } from '../plugin.ts';
import type { Revision } from '../revision.ts';
import type { Bench } from './bench.ts';
import type { PluginCases } from './cases.ts';

/** Text that is no version anywhere, and that a registry may hold all the same. */
const garbage = [
  '',
  ' ',
  '-',
  '.',
  '..',
  '1.',
  '1..2',
  '~',
  '^',
  '1e999',
  'NaN',
  'undefined',
  '__proto__',
  '1'.repeat(255),
  '9007199254740993',
  '9007199254740992',
  'v'.repeat(255),
  '1.'.repeat(127),
  '\u0000',
  '١.٢',
  '\ud800',
  '💧',
  'ſ',
] as const;

/** Tests of `compare`: a total order over the versions of an ecosystem. */
export function describeOrder(plugin: PackagePlugin, cases: PluginCases): void {
  const { ascending } = cases;
  const known = [...new Set([...ascending, ...cases.publications])];
  const all = [...known, ...garbage];

  describe('compare', () => {
    it('is given versions that text order gets wrong', () => {
      const wanted =
        'cases.ascending is in text order, so a plugin that compares text would pass: add a pair such as 1.9 and 1.10';
      expect([...ascending], wanted).not.toEqual([...ascending].sort());
    });

    it('puts the ascending versions in this order', () => {
      expect(findDisorder(ascending, plugin.compare)).toEqual([]);
    });

    it('finds every text equal to itself', () => {
      expect(all.filter((version) => plugin.compare(version, version) !== 0)).toEqual([]);
    });

    it('answers a number for any two texts, and never throws', () => {
      for (const [a, b] of pairs(all))
        expect(plugin.compare(a, b), `${a} and ${b}`).toSatisfy(Number.isFinite);
    });

    it('says the opposite the other way round', () => {
      expect(findAsymmetry(all, plugin.compare)).toEqual([]);
    });

    it('is transitive on the versions of the cases', () => {
      expect(findIntransitivity(known, plugin.compare)).toEqual([]);
    });
  });
}

/** Tests of `order`, where a plugin has one, over the revisions that the registry has. */
export function describeRevisionOrder({ order }: PackagePlugin, setUp: () => Promise<Bench>): void {
  if (order === undefined) return;
  describe('order', () => {
    it('is total and consistent over the revisions of the registry', async () => {
      await using bench = await setUp();
      const config = bench.packageSettings();
      const compare = (a: Revision, b: Revision) => order(a, b, config);
      const revisions = await bench.readRevisions();
      for (const [a, b] of pairs(revisions))
        expect(compare(a, b), `${a.version} and ${b.version}`).toSatisfy(Number.isFinite);
      expect(revisions.filter((revision) => compare(revision, revision) !== 0)).toEqual([]);
      expect(findAsymmetry(revisions, compare)).toEqual([]);
      expect(findIntransitivity(revisions, compare)).toEqual([]);
    });
  });
}

type Compare<T> = (a: T, b: T) => number;

/** Every element with every other one, both ways round. */
function pairs<T>(list: readonly T[]): readonly (readonly [T, T])[] {
  return list.flatMap((a, i) => list.filter((_, j) => i !== j).map((b) => [a, b] as const));
}

/** The pairs that are not the way round that the list has them. */
function findDisorder<T>(list: readonly T[], compare: Compare<T>): readonly (readonly [T, T])[] {
  return list.flatMap((low, i) =>
    list
      .slice(i + 1)
      .filter((high) => !(compare(low, high) < 0 && compare(high, low) > 0))
      .map((high) => [low, high] as const),
  );
}

function findAsymmetry<T>(list: readonly T[], compare: Compare<T>): readonly (readonly [T, T])[] {
  return pairs(list).filter(([a, b]) => Math.sign(compare(a, b)) + Math.sign(compare(b, a)) !== 0);
}

function findIntransitivity<T>(list: readonly T[], compare: Compare<T>): readonly (readonly [T, T, T])[] {
  return pairs(list)
    .filter(([a, b]) => compare(a, b) <= 0)
    .flatMap(([a, b]) =>
      list.filter((c) => compare(b, c) <= 0 && compare(a, c) > 0).map((c) => [a, b, c] as const),
    );
}
