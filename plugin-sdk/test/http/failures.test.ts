import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../src/http/failures.ts';

describe('what a failed exchange means', () => {
  const url = new URL('https://h.test/p?sig=s3cret');
  const coded = (code: string, cause?: Error) => Object.assign(new Error('s3cret', { cause }), { code });

  it.each([
    [coded('ECONNREFUSED'), 'UNREACHABLE'],
    [coded('UND_ERR_SOCKET'), 'UNREACHABLE'],
    [coded('ERR_GOT_REQUEST_ERROR', coded('ENOTFOUND')), 'UNREACHABLE'],
    [coded('ERR_GOT_REQUEST_ERROR', coded('SELF_SIGNED_CERT_IN_CHAIN')), 'UNTRUSTED'],
    [coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'UNTRUSTED'],
    [coded('CERT_HAS_EXPIRED'), 'UNTRUSTED'],
    [coded('HPE_HEADER_OVERFLOW'), 'TOO_LARGE'],
    [coded('UND_ERR_HEADERS_OVERFLOW'), 'TOO_LARGE'],
    [coded('Z_DATA_ERROR'), 'MALFORMED'],
    [coded('ERR_INVALID_CHAR'), 'PLUGIN_FAILED'],
    ['thrown', 'UNREACHABLE'],
  ])('%o is %s', (thrown, code) => {
    const error = describeFailure(thrown, 'GET', url);
    expect(error).toMatchObject({ code, message: expect.stringMatching(/^GET https:\/\/h\.test\/p: /) });
    expect(error.message).not.toContain('s3cret');
    expect(error.cause).toBeUndefined();
  });

  it('does not pass a mistake of ours off as an answer that did not come', () => {
    const mistake = new TypeError('x is not a function');
    expect(describeFailure(coded('ERR_GOT_REQUEST_ERROR', mistake), 'GET', url)).toMatchObject({
      code: 'PLUGIN_FAILED',
      cause: mistake,
    });
  });

  it('does not follow a ring of causes for ever', () => {
    const ring = new Error('ring');
    ring.cause = ring;
    expect(describeFailure(ring, 'GET', url).code).toBe('UNREACHABLE');
  });
});
