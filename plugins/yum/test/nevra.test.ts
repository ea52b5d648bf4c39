import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import yum from '../src/index.ts';
import { compareVersions, formatNevra } from '../src/nevra.ts';

describe('compare', () => {
  it.each([
    ['pad-1.0-1.noarch', 'pad-1.10-1.noarch', -1],
    ['pad-2.0~rc1-1.noarch', 'pad-2.0-1.noarch', -1],
    ['pad-1:0.5-1.noarch', 'pad-9-9.noarch', 1],
    ['1:pad-0.5-1.noarch', 'pad-1:0.5-1.noarch', 0],
    ['some-name-with-dashes-1.0-1.el9.x86_64', 'some-name-with-dashes-1.0-1.el9_1.x86_64', -1],
    ['pad-1.0-1.x86_64', 'pad-1.0-1.i686', 0],
    ['pad-1.0-1.noarch', '1.0-1', 0],
    ['1.0-2', 'pad-1.0-1.noarch', 1],
    ['1:1.0', '2.0', 1],
    ['1.0', '1.00', 0],
  ])('%s against %s: %i', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(Math.sign(compareVersions(b, a))).toBe(-sign + 0);
  });

  it('is a total preorder over anything, NEVRAs and bare versions mixed', () => {
    const piece = fc.string({ unit: fc.constantFrom(...'019a.~^:-_'), maxLength: 5 });
    const text = fc.oneof(
      piece,
      fc.tuple(piece, piece, piece).map(([version, release, arch]) => `n-${version}-${release}.${arch}`),
    );
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('order', () => {
  const older = { version: 'pad-2-1.noarch', data: { BUILD_TIME: '100' } };
  const newer = { version: 'pad-1-1.noarch', data: { BUILD_TIME: '200' } };
  const settle = (order: 'version' | 'buildTime') =>
    Math.sign(yum.order?.(older, newer, { spec: 'pad', order }) ?? Number.NaN);

  it('is by version, or by build time where that is asked for', () => {
    expect(settle('version')).toBe(1);
    expect(settle('buildTime')).toBe(-1);
  });
});

describe('a NEVRA', () => {
  it('shows an epoch that is not 0', () => {
    const nevra = { name: 'pad', version: '1', release: '2', arch: 'noarch' };
    expect(['0', '00', '3'].map((epoch) => formatNevra({ ...nevra, epoch }))).toEqual([
      'pad-1-2.noarch',
      'pad-1-2.noarch',
      'pad-3:1-2.noarch',
    ]);
  });
});
