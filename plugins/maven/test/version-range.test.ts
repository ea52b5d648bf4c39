import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWith } from '../../../test/support/requirement.ts';
import { InvalidRange, parseVersionRange } from '../src/version-range.ts';
import { askMaven, oracleRequirement } from './support/oracle.ts';
import { realisticVersion, versionLike } from './support/versions.ts';

describe('a range of versions', () => {
  it.each([
    [
      '[1.0,2.0)',
      ['1', '1.0', '1.9', '2-alpha', '2.0-SNAPSHOT'],
      ['1.0-SNAPSHOT', '0.9', '2.0', '2', '2.0.1'],
    ],
    ['(1.0,2.0]', ['1.0.1', '2.0'], ['1.0', '1', '2.0.1']],
    ['(,1.0]', ['0.1', '1.0', '1.0-rc1'], ['1.0.1']],
    ['[1.5]', ['1.5', '1.5.0'], ['1.5.1', '1.5-SNAPSHOT']],
    ['[1.5,)', ['1.5', '99'], ['1.4']],
    ['(,1.0],[1.2,)', ['1.0', '1.2', '7'], ['1.1']],
    [' [1.0]', ['anything', '7'], []],
    ['[ 1.0 , 2.0 ) , [ 3.0 ]', ['1.5', '3.0'], ['2.0', '2.5']],
    ['1.0', ['0.1', '1.0', '7'], []],
    ['(,)', ['0', '7'], []],
  ])('%s holds what Maven says it holds', (spec, within, without) => {
    const range = parseVersionRange(spec);
    expect([...within, ...without].filter((version) => range.contains(version))).toEqual(within);
  });

  it.each([
    '[1.0',
    '(1.0)',
    '[1.0)',
    '(1.0]',
    '[2.0,1.0]',
    '[1.0,1.0)',
    '[1.0,2.0],[1.5,3.0]',
    '[1.0,2.0],1.5',
    '[3],[1]',
    '[)',
  ])('%s is refused', (spec) => {
    expect(() => parseVersionRange(spec)).toThrow(InvalidRange);
  });
});

const spaces = fc.constantFrom('', '', '', ' ');
const bound = fc.oneof({ weight: 4, arbitrary: realisticVersion }, fc.constant(''));
const part = fc
  .tuple(
    fc.constantFrom('[', '('),
    spaces,
    bound,
    fc.option(fc.tuple(spaces, bound), { freq: 8 }),
    spaces,
    fc.constantFrom(']', ')'),
  )
  .map(
    ([open, before, from, to, after, close]) =>
      `${open}${before}${from}${to ? `,${to.join('')}` : ''}${after}${close}`,
  );
const ranges = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(','));
const nearlyRange = fc
  .array(fc.oneof(fc.constantFrom('[', ']', '(', ')', ',', ' ', '1.0', '2'), versionLike), {
    minLength: 1,
    maxLength: 6,
  })
  .map((pieces) => pieces.join(''));

describeWith(oracleRequirement, "Maven's own VersionRange", () => {
  it.each([
    ['ranges', ranges],
    ['what is hardly a range', nearlyRange],
  ])(
    'agrees on what %s hold, and on which there are',
    (_, spec) => {
      const questions = fc.sample(fc.tuple(spec, fc.oneof(realisticVersion, versionLike)), {
        numRuns: 8_000,
        seed: 13,
      });
      const answers = askMaven(questions.map(([range, version]) => ['range', range, version]));
      expect(answers).toHaveLength(questions.length);
      expect(questions.filter(([range, version], index) => ask(range, version) !== answers[index])).toEqual(
        [],
      );
      expect(new Set(answers)).toEqual(new Set(['true', 'false', 'invalid']));
    },
    60_000,
  );
});

function ask(spec: string, version: string): string {
  try {
    return String(parseVersionRange(spec).contains(version));
  } catch (thrown) {
    if (thrown instanceof InvalidRange) return 'invalid';
    throw thrown;
  }
}
