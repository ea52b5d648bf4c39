import fc from 'fast-check';

const qualifier = fc.constantFrom(
  'alpha',
  'beta',
  'milestone',
  'M',
  'rc',
  'CR',
  'sp',
  'GA',
  'Final',
  'RELEASE',
  'a',
  'b',
  'm',
);
const piece = fc.oneof(
  fc.constantFrom(
    '.',
    '-',
    '.',
    '-',
    '',
    '_',
    '+',
    '0',
    '00',
    '1',
    '9',
    '10',
    '007',
    'x',
    'foo',
    'SNAPSHOT',
    'snapshot',
    'é',
    'İ',
    '٣',
  ),
  fc.constantFrom(
    '0000000000',
    '999999999',
    '1000000000',
    '999999999999999999',
    '1000000000000000000',
    '20240115.123456-1',
  ),
  qualifier,
);

/** Versions as projects have them. */
export const realisticVersion: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 4 }),
    fc.option(
      fc.tuple(
        fc.constantFrom('-', '.'),
        qualifier,
        fc.constantFrom('', '-', '.'),
        fc.option(fc.nat({ max: 12 })),
      ),
    ),
    fc.constantFrom('', '', '-SNAPSHOT'),
  )
  .map(([numbers, tail, snapshot]) => {
    const [dash = '', word = '', joint = '', number] = tail ?? [];
    const qualified = number == null ? `${dash}${word}` : `${dash}${word}${joint}${number}`;
    return `${numbers.join('.')}${qualified}${snapshot}`;
  });

/** Put together of what versions are made of, in any order. */
export const versionLike: fc.Arbitrary<string> = fc
  .array(piece, { maxLength: 7 })
  .map((pieces) => pieces.join(''));

/** Text without tabs and line ends, which could not be asked about. */
export const anyText: fc.Arbitrary<string> = fc
  .string({ unit: 'grapheme', maxLength: 8 })
  .filter((text) => !/[\t\r\n]/.test(text));
