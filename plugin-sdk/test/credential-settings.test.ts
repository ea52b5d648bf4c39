import { describe, expect, it } from 'vitest';
import { type CredentialSettings, findCredentialProblems, readCredentials, Secret } from '../src/index.ts';

const secret = new Secret('a secret');
const blamed = (settings: CredentialSettings) =>
  [...findCredentialProblems(settings)].map(({ field }) => field);

describe('settings that prove who asks', () => {
  it('are a token, or a name and a password, or nothing', () => {
    expect(readCredentials({ token: secret })).toEqual({ bearer: secret });
    expect(readCredentials({ username: 'ann', password: secret })).toEqual({
      username: 'ann',
      password: secret,
    });
    expect(readCredentials({})).toBeUndefined();
  });

  it.each([
    [{}, []],
    [{ token: secret }, []],
    [{ username: 'ann', password: secret }, []],
    [{ username: 'ann' }, ['username']],
    [{ password: secret }, ['password']],
    [{ token: secret, username: 'ann', password: secret }, ['token']],
    [{ token: secret, username: 'ann' }, ['token', 'username']],
  ] satisfies [CredentialSettings, string[]][])('%j: %j', (settings, fields) => {
    expect(blamed(settings)).toEqual(fields);
  });
});
