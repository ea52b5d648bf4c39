import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWith } from '../../../test/support/requirement.ts';
import { compareVersions } from '../src/comparable-version.ts';
import { askMaven, oracleRequirement } from './support/oracle.ts';
import { anyText, realisticVersion, versionLike } from './support/versions.ts';

const acceptance = join(import.meta.dirname, '../../../../shared/acceptance/vercmp-maven.json');
const isThere = existsSync(acceptance);

describe('the order of versions', () => {
  it.skipIf(!isThere)(
    `is that of every pair of vercmp-maven.json${isThere ? '' : ` (skipped: ${acceptance} is not there)`}`,
    () => {
      const pairs: readonly (readonly [string, string, number])[] = JSON.parse(
        readFileSync(acceptance, 'utf8'),
      );
      const wrong = pairs.filter(
        ([a, b, expected]) => compareVersions(a, b) !== expected || compareVersions(b, a) !== 0 - expected,
      );
      expect(wrong).toEqual([]);
      expect(pairs.length).toBeGreaterThan(100);
    },
  );

  it.each([
    ['1-alpha', '1-beta', '1-milestone', '1-rc', '1-snapshot', '1', '1-sp', '1-unknown', '1-1', '1.1'],
    ['1-a1', '1-b1', '1-m1', '1-cr1', '1-rc2'],
    ['1.9', '1.10', '1.99999999', '1.9999999999', '1.99999999999999999999', '1.100000000000000000000'],
    ['2-alpha', '2', '2.0.1-SNAPSHOT', '2.0.1'],
  ])('ascends: %s < %s < ...', (...ascending) => {
    const pairs = ascending.flatMap((low, i) => ascending.slice(i + 1).map((high) => [low, high] as const));
    expect(pairs.filter(([low, high]) => compareVersions(low, high) !== -1)).toEqual([]);
  });

  it.each([
    ['1', '1.0.0', '1-ga', '1.Final', '1-RELEASE', '1.0-0', '01'],
    ['1-rc1', '1-cr-1', '1.RC1', '1rc1'],
    ['1.x', '1-x', '1X'],
  ])('takes %s and %s ... for the same', (first, ...others) => {
    expect(others.map((other) => [other, compareVersions(first, other)])).toEqual(
      others.map((other) => [other, 0]),
    );
  });

  it('is antisymmetric on anything', () => {
    fc.assert(
      fc.property(fc.oneof(versionLike, anyText), fc.oneof(versionLike, anyText), (a, b) => {
        expect(compareVersions(a, b)).toBe(0 - compareVersions(b, a));
      }),
      { numRuns: 20_000 },
    );
  });

  it('is transitive on realistic versions', () => {
    fc.assert(
      fc.property(realisticVersion, realisticVersion, realisticVersion, (a, b, c) => {
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 20_000 },
    );
  });
});

describeWith(oracleRequirement, "Maven's own ComparableVersion", () => {
  it.each([
    ['realistic versions', realisticVersion, 5_000],
    ['what is put together of the pieces of versions', versionLike, 10_000],
    ['any text', anyText, 3_000],
  ])(
    'agrees on %s, both ways round',
    (_, version, numRuns) => {
      const pairs = fc.sample(fc.tuple(version, version), { numRuns, seed: 11 });
      const both = pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]);
      const answers = askMaven(both.map(([a, b]) => ['compare', a, b]));
      expect(answers).toHaveLength(both.length);
      expect(both.filter(([a, b], index) => String(compareVersions(a, b)) !== answers[index])).toEqual([]);
    },
    60_000,
  );
});
