import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../src/version-order.ts';

const identifiers = fc
  .array(fc.constantFrom('0', '1', '10', 'rc', 'alpha', 'Alpha'), { maxLength: 3 })
  .map((parts) => parts.join('.'));
const numbers = fc.tuple(fc.nat(11), fc.nat(2), fc.nat(2)).map((parts) => parts.join('.'));
const semvers = fc
  .tuple(fc.constantFrom('', 'v'), numbers, identifiers, identifiers)
  .map(([prefix, core, pre, build]) => `${prefix}${core}${pre && `-${pre}`}${build && `+${build}`}`);
const anything = fc.oneof(
  semvers,
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '1', '1.0', '01.0.0', '__proto__', '1.0.0.0'),
);

describe('the order of npm versions', () => {
  it('sorts by precedence, what is no semver below everything', () => {
    const ordered = [
      '1.0',
      'latest-build',
      '0.9.0',
      '1.0.0-alpha',
      '1.0.0-alpha.2',
      '1.0.0-alpha.10',
      '1.0.0-beta',
      '1.0.0',
      '1.2.0',
      '1.10.0',
    ];
    expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered);
  });

  it('agrees with semver wherever semver sees a difference', () => {
    fc.assert(
      fc.property(semvers, semvers, (a, b) => {
        const expected = semver.compare(a, b);
        if (expected !== 0) expect(compareVersions(a, b)).toBe(expected);
      }),
    );
  });

  it('breaks ties of build metadata by text', () => {
    expect(compareVersions('1.0.0+a', '1.0.0+b')).toBeLessThan(0);
    expect(compareVersions('1.0.0', '1.0.0+a')).toBeLessThan(0);
  });

  it('is a total order over any text, in which only the same text is equal', () => {
    fc.assert(
      fc.property(anything, anything, anything, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        expect(compareVersions(a, b) === 0).toBe(a === b);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });
});
