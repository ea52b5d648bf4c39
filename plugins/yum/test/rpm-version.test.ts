import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareEvr, compareSegments, parseEvr } from '../src/rpm-version.ts';

type Pair = readonly [string, string, number];

const acceptance = join(import.meta.dirname, '../../../../shared/acceptance');
const compareTexts = (a: string, b: string) => compareEvr(parseEvr(a), parseEvr(b));

describe.each([
  ['vercmp-rpm.json', compareSegments],
  ['evrcmp-rpm.json', compareTexts],
] as const)('every pair of %s', (file, compare) => {
  const path = join(acceptance, file);
  it.skipIf(!existsSync(path))(
    `compares as rpm does${existsSync(path) ? '' : ` (skipped: ${path} is not there)`}`,
    () => {
      const pairs: readonly Pair[] = JSON.parse(readFileSync(path, 'utf8'));
      const wrong = pairs.filter(
        ([a, b, expected]) => compare(a, b) !== expected || compare(b, a) !== -expected + 0,
      );
      expect(wrong).toEqual([]);
      expect(pairs.length).toBeGreaterThan(100);
    },
  );
});

const nasty = fc.string({ unit: fc.constantFrom(...'0019aZz.~^-_+:é'), maxLength: 9 });

describe('the order', () => {
  it('is antisymmetric and transitive', () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, (a, b, c) => {
        expect(Math.sign(compareTexts(a, b))).toBe(-Math.sign(compareTexts(b, a)) + 0);
        if (compareTexts(a, b) <= 0 && compareTexts(b, c) <= 0)
          expect(compareTexts(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 20_000 },
    );
  });

  const rpm = existsSync('/usr/bin/rpm');
  it.skipIf(!rpm)(
    `is rpm's own on random pairs${rpm ? '' : ' (skipped: needs rpm; install it with: apt-get install rpm)'}`,
    () => {
      const segment = fc.string({ unit: fc.constantFrom(...'00129abZ.~^_+'), minLength: 1, maxLength: 8 });
      const evr = fc
        .tuple(fc.constantFrom('', '0:', '1:', '01:', '10:'), segment, fc.option(segment, { nil: undefined }))
        .map(([epoch, version, release]) => epoch + version + (release === undefined ? '' : `-${release}`));
      const pairs = fc.sample(fc.oneof(fc.tuple(segment, segment), fc.tuple(evr, evr)), {
        numRuns: 5_000,
        seed: 7,
      });
      const script = `for line in io.lines() do local a, b = line:match('^(.*)\\t(.*)$'); io.write(rpm.vercmp(a, b), "\\n") end`;
      const input = pairs.map((pair) => `${pair.join('\t')}\n`).join('');
      const signs = execFileSync('rpm', ['--eval', `%{lua: ${script}}`], { input, encoding: 'utf8' })
        .trim()
        .split('\n')
        .map(Number);
      expect(signs).toHaveLength(pairs.length);
      expect(pairs.filter(([a, b], index) => compareTexts(a, b) !== signs[index])).toEqual([]);
    },
  );
});
