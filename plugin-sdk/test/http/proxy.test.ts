import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpSettings } from '../../src/http/index.ts';
import { Secret } from '../../src/secret.ts';
import { type FaultyServer, startFaultyServer } from '../../src/testing/faulty-server.ts';
import { issue, makeAuthority } from './certificates.ts';
import { type ConnectProxy, startProxy } from './connect-proxy.ts';
import { type Opened, openHttp } from './harness.ts';

describe('a proxy', () => {
  let server: FaultyServer;
  let proxy: ConnectProxy;
  let opened: Opened | undefined;

  const open = (settings: HttpSettings = {}) => {
    opened = openHttp({ proxy: `http://${proxy.host}`, ...settings });
    return opened.http;
  };
  const portOf = (origin: string) => new URL(origin).port;

  beforeEach(async () => {
    server = await startFaultyServer();
    server.answer('/it', { body: 'hello' });
    proxy = await startProxy();
  });
  afterEach(async () => {
    await opened?.client.close();
    await Promise.all([server.close(), proxy.close()]);
  });

  it('carries every request, conditional ones too, and is told its own credentials only', async () => {
    const http = open({ proxy: `http://me:p%40ss@${proxy.host}` }).withCredentials(server.origin, {
      bearer: new Secret('t'),
    });
    expect((await http.request(`${server.origin}/it`)).text()).toBe('hello');
    expect((await http.request(`${server.origin}/it`, { validators: { etag: '"1"' } })).text()).toBe('hello');
    const authorization = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(new Set(proxy.tunnels.map((tunnel) => JSON.stringify(tunnel)))).toEqual(
      new Set([JSON.stringify({ target: new URL(server.origin).host, authorization })]),
    );
    expect(server.requests.map(({ headers }) => headers['proxy-authorization'])).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('carries https with the extra authority', async () => {
    const authority = { name: 'a', ...makeAuthority('a') };
    const secure = await startFaultyServer({ tls: issue('server', authority) });
    secure.answer('/it', { body: 'secure' });
    expect((await open({ ca: authority.cert }).request(`${secure.origin}/it`)).text()).toBe('secure');
    expect(proxy.tunnels).toHaveLength(1);
    await secure.close();
  });

  it('is left out for who is exempt, decided anew at every hop', async () => {
    const far = `http://far.example:${portOf(server.origin)}`;
    server.answer('/near', { status: 302, headers: { location: `${far}/it` } });
    const http = open({ noProxy: ['127.0.0.0/8'] });
    await http.request(`${server.origin}/it`);
    expect(proxy.tunnels).toEqual([]);
    expect((await http.request(`${server.origin}/near`)).text()).toBe('hello');
    expect(proxy.tunnels.map(({ target }) => target)).toEqual([new URL(far).host]);
  });

  it('is not asked for metadata services, by address or by name', async () => {
    const http = open();
    for (const host of [
      '169.254.169.254',
      '[fe80::1]',
      'metadata.google.internal',
      'METADATA.google.internal.',
    ]) {
      await expect(http.request(`http://${host}/`)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
    server.answer('/away', { status: 302, headers: { location: 'http://metadata.google.internal/' } });
    await expect(http.request(`${server.origin}/away`)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(proxy.tunnels).toHaveLength(1);
  });

  it('that refuses, or is not there, is no answer; its password is not told', async () => {
    const refusing = await startProxy({ refuseWith: 407 });
    const asked = open({ proxy: `http://me:s3cret@${refusing.host}` }).request(`${server.origin}/it`);
    await expect(asked).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringMatching(/^(?!.*s3cret).*the proxy answered 407/),
    });
    await refusing.close();
    await opened?.client.close();
    await expect(
      open({ proxy: `http://${refusing.host}` }).request(`${server.origin}/it`),
    ).rejects.toMatchObject({
      code: 'UNREACHABLE',
    });
    expect(server.requests).toEqual([]);
  });

  it('that never answers is left when the time is up', async () => {
    const silent = await startProxy({ silent: true });
    const asked = open({ proxy: `http://${silent.host}` }).request(`${server.origin}/it`, { timeoutMs: 50 });
    await expect(asked).rejects.toMatchObject({ code: 'TIMEOUT' });
    await silent.close();
  });

  it('must be an http or https URL', () => {
    for (const bad of ['proxy:3128', 'socks5://h:1', 'nonsense']) {
      expect(() => openHttp({ proxy: bad })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    }
  });
});
