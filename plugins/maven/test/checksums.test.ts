import { describe, expect, it } from 'vitest';
import { algorithms, parseChecksum } from '../src/checksums.ts';
import { digest } from './support/documents.ts';

describe.each(algorithms)('a %s file', (algorithm) => {
  const hex = digest(algorithm, 'the bytes');
  const spaced = hex.toUpperCase().replace(/(.{4})/g, '$1 ');

  it.each([
    ['the digest', hex],
    ['a line end', `${hex}\r\n`],
    ['white space around it', `  \t${hex}  `],
    ['upper case', hex.toUpperCase()],
    ['the name behind it', `${hex}  left-pad-1.0.jar\n`],
    ['the name behind it, as of a binary file', `${hex} *left-pad-1.0.jar`],
    ['the name before it', `left-pad-1.0.jar: ${hex}`],
    ['the name before it, with a digest in it', `left-pad-${digest(algorithm, 'other')}.jar: ${hex}`],
    ['what openssl writes', `${algorithm.toUpperCase()}(left-pad-1.0.jar)= ${hex}\n`],
    ['what gpg writes', `left-pad-1.0.jar: ${spaced.slice(0, 30)}\n      ${spaced.slice(30)}\n`],
  ])('with %s tells the digest', (_, text) => {
    expect(parseChecksum(text, algorithm)).toBe(hex);
  });

  it.each([
    ['nothing', ''],
    ['half of it', hex.slice(0, hex.length / 2)],
    ['one digit more', `${hex}0`],
    ['something else', 'not found'],
    ['a digest and a half', `${hex}${hex.slice(0, 8)} left-pad.jar`],
  ])('with %s tells none', (_, text) => {
    expect(parseChecksum(text, algorithm)).toBeUndefined();
  });
});
