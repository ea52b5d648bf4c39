import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Credentials } from '../../src/http.ts';
import { Secret } from '../../src/secret.ts';
import { type FaultyServer, startFaultyServer } from '../../src/testing/faulty-server.ts';
import { type Opened, openHttp } from './harness.ts';

describe('credentials', () => {
  let server: FaultyServer;
  let other: FaultyServer;
  let opened: Opened;

  beforeEach(async () => {
    [server, other] = await Promise.all([startFaultyServer(), startFaultyServer()]);
    opened = openHttp();
  });
  afterEach(async () => {
    await opened.client.close();
    await Promise.all([server.close(), other.close()]);
  });

  const bearer = (token: string): Credentials => ({ bearer: new Secret(token) });
  const basic = (username: string, password: string): Credentials => ({
    username,
    password: new Secret(password),
  });

  it.each([
    ['an empty token', bearer('')],
    ['a token with a line break', bearer('abc\n')],
    ['a token with a blank', bearer('a b')],
    ['a token beyond ASCII', bearer('tök')],
    ['a colon in the user name', basic('a:b', 'p')],
    ['a control character in the password', basic('a', 'p\0')],
  ])('are refused before they are sent: %s', (_what, credentials) => {
    expect(() => opened.http.withCredentials(server.origin, credentials)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it('may be empty or hold any letter where HTTP can carry it', async () => {
    server.answer('/it', {});
    for (const credentials of [basic('', ''), basic('ü', 'p:ä')]) {
      await opened.http.withCredentials(server.origin, credentials).request(`${server.origin}/it`);
    }
    const encode = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      encode(':'),
      encode('ü:p:ä'),
    ]);
  });

  it('are replaced, not added to, and leave the client they were given to as it was', async () => {
    server.answer('/it', {});
    other.answer('/it', {});
    const known = opened.http.withCredentials(server.origin, bearer('one'));
    const changed = known.withCredentials(other.origin, bearer('two'));
    for (const http of [opened.http, known, changed])
      for (const { origin } of [server, other]) await http.request(`${origin}/it`);
    const sent = ({ requests }: FaultyServer) => requests.map(({ headers }) => headers.authorization);
    expect(sent(server)).toEqual([undefined, 'Bearer one', undefined]);
    expect(sent(other)).toEqual([undefined, undefined, 'Bearer two']);
  });

  it('that were withheld from another origin are named in its refusal, with what to do', async () => {
    server.answer('/it', { status: 302, headers: { location: `${other.origin}/it` } });
    other.answer('/it', { status: 401 });
    const asked = opened.http.withCredentials(server.origin, bearer('one')).request(`${server.origin}/it`);
    await expect(asked).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringMatching(`^GET ${other.origin}/it .*http\\.trust`),
    });
  });

  it('in a redirect are not sent', async () => {
    server.answer('/it', { status: 302, headers: { location: other.origin.replace('//', '//me:pass@') } });
    server.answer('/same', {
      status: 302,
      headers: { location: `${server.origin.replace('//', '//me:pass@')}/end` },
    });
    server.answer('/end', {});
    other.answer('/', {});
    await opened.http.request(`${server.origin}/it`);
    await opened.http.request(`${server.origin}/same`);
    expect([...server.requests, ...other.requests].map(({ headers }) => headers.authorization)).toEqual(
      Array(4).fill(undefined),
    );
  });

  it('go to http and https only, and so does trust', () => {
    expect(() => opened.http.withCredentials('ftp://h/', bearer('t'))).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
    expect(() => openHttp({ trust: ['cdn.example.com'] })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
