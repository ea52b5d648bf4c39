import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Masker } from '../../src/config/masker.ts';

function maskerOf(...secrets: readonly string[]): Masker {
  const masker = new Masker();
  for (const secret of secrets) masker.add(secret);
  return masker;
}

/** Masks a text that arrives in pieces, as the log of a job does. */
function maskPieces(masker: Masker, pieces: readonly string[]): string {
  let shown = '';
  let kept = '';
  for (const [index, piece] of pieces.entries()) {
    const { masked, taken } = masker.maskPart(kept + piece, index === pieces.length - 1);
    shown += masked;
    kept = (kept + piece).slice(taken);
  }
  return shown;
}

describe('a masker', () => {
  const secret = 'pa$$ w0rd/+"ü';

  test.each([
    ['as it is', secret],
    ['base64', Buffer.from(secret).toString('base64').replace(/=+$/, '')],
    ['base64url', Buffer.from(secret).toString('base64url')],
    ['URL-encoded', encodeURIComponent(secret)],
    [
      'URL-encoded in lower case',
      encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
    ],
    ['as a form has it', encodeURIComponent(secret).replaceAll('%20', '+')],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
  ])('masks a secret %s', (_, form) => {
    expect(maskerOf(secret).mask(`<${form}>`)).toBe('<[secret]>');
  });

  test.each(['u', 'us', 'use', 'user', 'user1'])('masks a password in basic credentials of %s', (user) => {
    const password = 'correct-horse';
    const encoded = Buffer.from(`${user}:${password}`).toString('base64');
    const masked = maskerOf(password).mask(`Authorization: Basic ${encoded}`);
    const left = masked.replace('Authorization: Basic ', '').replace('[secret]', '');
    expect(masked).toContain('[secret]');
    expect(Buffer.from(left, 'base64').toString()).not.toMatch(/corr|orse/);
  });

  test('masks the longer lines of a value of several lines, each by itself', () => {
    const masker = maskerOf('-----BEGIN KEY-----\nMIIEpAIBAAKC\nx\n');
    expect(masker.mask('| MIIEpAIBAAKC |')).toBe('| [secret] |');
    expect(masker.mask('x')).toBe('x');
  });

  test('leaves values below four characters alone', () => {
    expect(maskerOf('abc', '').mask('abc abcd')).toBe('abc abcd');
  });

  test('shows nothing of secrets that overlap', () => {
    expect(maskerOf('abcXY', 'XYdef').mask('-abcXYdef-')).toBe('-[secret]-');
    expect(maskerOf('abcd', 'abcdef').mask('abcdef abcd')).toBe('[secret] [secret]');
  });

  test('learns a secret once, however often it is added', () => {
    const masker = maskerOf('first-secret');
    for (let index = 0; index < 20_000; index++) masker.add('another-secret');
    expect(masker.mask('first-secret another-secret')).toBe('[secret] [secret]');
  });

  test('forgets the secret that was added longest ago when there are more than 10,000', () => {
    const masker = maskerOf('oldest-secret', 'second-secret');
    masker.add('oldest-secret');
    for (let index = 0; index < 9_999; index++) masker.add(`filler-${index}`);
    expect(masker.mask('oldest-secret second-secret')).toBe('[secret] second-secret');
  });

  test('masks a text in pieces as it masks the whole, however it is cut', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 40 });
    const secrets = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 4, maxLength: 7 }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(secrets, fc.array(letters, { minLength: 1, maxLength: 6 }), (values, pieces) => {
        const masker = maskerOf(...values);
        expect(maskPieces(masker, pieces)).toBe(masker.mask(pieces.join('')));
      }),
    );
  });

  test('keeps back only what may be the beginning of a secret', () => {
    expect(maskerOf('secret-value').maskPart('all is well\n', false)).toEqual({
      masked: 'all is well\n',
      taken: 12,
    });
    expect(maskerOf('secret-value').maskPart('token: secret-', false)).toEqual({
      masked: 'token: ',
      taken: 7,
    });
  });
});
