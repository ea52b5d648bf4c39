import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseOf, compareRevisions, isSnapshot, nameReplaced, parseBuild } from '../src/snapshot.ts';
import { realisticVersion } from './support/versions.ts';

const ascending = [
  '1.1',
  '1.2-alpha',
  '1.2-SNAPSHOT',
  '1.2-20260101.120000-3',
  '1.2-20260101.120000-10',
  '1.2-20260102.080000-1',
  '1.2-SNAPSHOT-20260103.080000',
  '1.2',
  '1.2.1-20250101.000000-1',
  '1.2.1',
];

describe('the order of revisions', () => {
  it('has the builds of a snapshot below its release, by time and number', () => {
    const pairs = ascending.flatMap((low, i) => ascending.slice(i + 1).map((high) => [low, high] as const));
    expect(
      pairs.filter(([low, high]) => !(compareRevisions(low, high) < 0 && compareRevisions(high, low) > 0)),
    ).toEqual([]);
  });

  it('is total and consistent on realistic revisions', () => {
    const build = fc.constantFrom(
      '',
      '-20260101.120000-3',
      '-20260101.120000-4',
      '-SNAPSHOT-20260101.120000',
    );
    const revision = fc.tuple(realisticVersion, build).map((parts) => parts.join(''));
    fc.assert(
      fc.property(revision, revision, revision, (a, b, c) => {
        expect(Math.sign(compareRevisions(a, b))).toBe(0 - Math.sign(compareRevisions(b, a)));
        if (compareRevisions(a, b) <= 0 && compareRevisions(b, c) <= 0)
          expect(compareRevisions(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('the version of a build', () => {
  it('is read as Maven writes it, and as a replaced file is named', () => {
    expect(parseBuild('1.2-rc-1-20260101.120000-13')).toEqual({
      base: '1.2-rc-1-SNAPSHOT',
      timestamp: '20260101.120000',
      number: '13',
    });
    const replaced = nameReplaced('1.2-SNAPSHOT', Date.UTC(2026, 0, 2, 3, 4, 5, 678));
    expect(replaced).toBe('1.2-SNAPSHOT-20260102.030405');
    expect(parseBuild(replaced)).toEqual({ base: '1.2-SNAPSHOT', timestamp: '20260102.030405', number: '' });
  });

  it.each(['1.2', '1.2-SNAPSHOT', '1.2-20260101', '20260101.120000-3', '1.2-20260101.120000'])(
    'is not %s',
    (version) => {
      expect(parseBuild(version)).toBeUndefined();
      expect(baseOf(version)).toBe(version);
    },
  );

  it.each([
    ['1.2-SNAPSHOT', true],
    ['1.2-snapshot', true],
    ['SNAPSHOT', true],
    ['1.2-20260101.120000-3', true],
    ['1.2-SNAPSHOT-1', false],
    ['1.2', false],
  ])('%s is a snapshot: %s', (version, expected) => {
    expect(isSnapshot(version)).toBe(expected);
  });
});
