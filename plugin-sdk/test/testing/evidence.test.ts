import { describe, expect, it } from 'vitest';
import { PluginError, Secret } from '../../src/index.ts';
import { Evidence } from '../../src/testing/evidence.ts';

const secret = 's3cr3t/+word';

describe('evidence', () => {
  it.each([
    ['as it is', `token ${secret}!`],
    ['in a URL', `https://h/?t=${encodeURIComponent(secret)}`],
    ['in base64', Buffer.from(secret).toString('base64')],
  ])('finds a secret %s', (_, text) => {
    const evidence = new Evidence([secret]);
    evidence.see('log and progress', text);
    expect(evidence.findLeaks('log and progress')).toHaveLength(1);
    expect(evidence.findLeaks('log and progress').join()).not.toContain(secret);
    expect(evidence.findLeaks('errors')).toEqual([]);
  });

  it('finds it in the cause of an error, and in what an error carries', () => {
    const evidence = new Evidence([secret]);
    evidence.see('errors', new PluginError('MALFORMED', 'no', { cause: new Error(`with ${secret}`) }));
    evidence.see(
      'errors',
      Object.assign(new Error('no'), { options: { headers: { authorization: `Bearer ${secret}` } } }),
    );
    expect(evidence.findLeaks('errors')).toHaveLength(2);
  });

  it('finds the header that a name and a password make', () => {
    const evidence = new Evidence([]);
    evidence.hideCredentials({ username: 'me', password: new Secret(secret) });
    expect(evidence.holdsSecret(`Basic ${btoa(`me:${secret}`)}`)).toBe(true);
  });

  it('finds what was named a secret after it was seen', () => {
    const evidence = new Evidence([]);
    evidence.see('answers', { data: { MINTED: secret } });
    evidence.hide(secret);
    expect(evidence.findLeaks('answers')).toHaveLength(1);
  });

  it('takes a Secret that nobody opened for none', () => {
    const evidence = new Evidence([secret]);
    evidence.see('answers', { token: new Secret(secret) });
    expect(evidence.findLeaks('answers')).toEqual([]);
  });
});
