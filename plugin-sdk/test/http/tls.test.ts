import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HttpSettings } from '../../src/http/index.ts';
import { Secret } from '../../src/secret.ts';
import { type FaultyServer, startFaultyServer } from '../../src/testing/faulty-server.ts';
import { issue, makeAuthority } from './certificates.ts';
import { type Opened, openHttp } from './harness.ts';

const authority = { name: 'test authority', ...makeAuthority('test authority') };
const client = issue('client', authority);
const own: HttpSettings = { ca: authority.cert, clientCert: client.cert, clientKey: new Secret(client.key) };
const conditional = { validators: { etag: '"old"' } };

describe('https', () => {
  let server: FaultyServer;
  let other: FaultyServer;
  let plain: FaultyServer;
  let opened: Opened | undefined;

  const open = (settings: HttpSettings) => {
    opened = openHttp(settings);
    return opened.http;
  };

  beforeAll(async () => {
    const tls = {
      ...issue('server', authority),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: false,
    };
    const tell = ({ certificate }: { readonly certificate?: string | undefined }) => ({
      body: certificate ?? 'nobody',
    });
    [server, other, plain] = await Promise.all([
      startFaultyServer({ tls }),
      startFaultyServer({ tls }),
      startFaultyServer(),
    ]);
    for (const one of [server, other]) one.answer('/who', tell);
  });
  afterEach(() => opened?.client.close());
  afterAll(() => Promise.all([server, other, plain].map((one) => one.close())));

  it.each([{}, conditional])(
    'trusts an authority beside those of Node, and says how to where it does not (%j)',
    async (options) => {
      const refused = open({}).request(`${server.origin}/who`, options);
      await expect(refused).rejects.toMatchObject({
        code: 'UNTRUSTED',
        message: expect.stringContaining('http.ca'),
      });
      expect((await open({ ca: authority.cert }).request(`${server.origin}/who`, options)).text()).toBe(
        'nobody',
      );
    },
  );

  it.each([{}, conditional])('presents the client certificate (%j)', async (options) => {
    expect((await open(own).request(`${server.origin}/who`, options)).text()).toBe('client');
  });

  it.each([{}, conditional])(
    'presents it only to the repository and who is trusted, where the repository is known (%j)',
    async (options) => {
      const http = open({ ...own, origin: server.origin });
      expect((await http.request(`${server.origin}/who`, options)).text()).toBe('client');
      expect((await http.request(`${other.origin}/who`, options)).text()).toBe('nobody');
      server.answer('/away', { status: 302, headers: { location: `${other.origin}/who` } });
      expect((await http.request(`${server.origin}/away`, options)).text()).toBe('nobody');
      await opened?.client.close();
      const trusting = open({ ...own, origin: server.origin, trust: [other.origin] });
      expect((await trusting.request(`${other.origin}/who`, options)).text()).toBe('client');
    },
  );

  it.each([{}, conditional])(
    'is not left for http with credentials, and may be without (%j)',
    async (options) => {
      server.answer('/down', { status: 302, headers: { location: `${plain.origin}/it` } });
      plain.answer('/it', { body: 'plain' });
      const before = plain.requests.length;
      const http = open({ ca: authority.cert, trust: [plain.origin] });
      const known = http.withCredentials(server.origin, { bearer: new Secret('t') });
      await expect(known.request(`${server.origin}/down`, options)).rejects.toMatchObject({
        code: 'MALFORMED',
      });
      expect(plain.requests).toHaveLength(before);
      expect((await http.request(`${server.origin}/down`, options)).text()).toBe('plain');
    },
  );

  it('says which settings cannot be used, and nothing of what is in them', () => {
    for (const settings of [
      { clientCert: 'cert', clientKey: new Secret('k3y') },
      { clientCert: client.cert, clientKey: new Secret(issue('another', authority).key) },
      { clientCert: client.cert },
      { ca: '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----' },
    ]) {
      expect(() => openHttp(settings)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.not.stringContaining('k3y') }),
      );
    }
  });
});
