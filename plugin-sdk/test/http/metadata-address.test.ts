import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { refuseMetadata } from '../../src/http/metadata-address.ts';
import { type FaultyServer, startFaultyServer } from '../../src/testing/faulty-server.ts';
import { type Opened, openHttp } from './harness.ts';

/** Names of this test, and what a resolver controlled by somebody else would say of them. */
const resolved: Readonly<Record<string, readonly { readonly address: string; readonly family: number }[]>> = {
  'innocent.test': [{ address: '169.254.169.254', family: 4 }],
  'mixed.test': [
    { address: '127.0.0.1', family: 4 },
    { address: '::ffff:169.254.170.2', family: 6 },
  ],
  'honest.test': [{ address: '127.0.0.1', family: 4 }],
};

// No real resolver that a test may use answers with such an address.
vi.mock('node:dns', async (original) => ({
  ...(await original<typeof import('node:dns')>()),
  lookup: (name: string, options: { readonly all?: boolean }, done: (...answer: unknown[]) => void) => {
    const [first] = resolved[name] ?? [];
    if (first === undefined) done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
    else if (options.all) done(null, resolved[name]);
    else done(null, first.address, first.family);
  },
}));

describe('the metadata services of clouds', () => {
  const hostOf = (host: string) => new URL(`http://${host}/`).hostname;

  it.each([
    '169.254.169.254',
    '169.254.170.2',
    '169.254.0.23',
    '0xa9fea9fe',
    '2852039166',
    '0251.0376.0251.0376',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '[::ffff:169.254.169.254]',
    '[::ffff:100.100.100.200]',
    '[64:ff9b::169.254.169.254]',
    '[64:ff9b::100.100.100.200]',
    '[64:ff9b::168.63.129.16]',
    '[64:ff9b::192.0.0.192]',
    '[2002:a9fe:a9fe::1]',
    '[2002:6464:64c8::]',
    '[2002:a83f:8110::]',
    '[2002:c000:c0::]',
    '[fe80::1]',
    '[febf::1]',
    '[fd00:ec2::254]',
    '[fd00:ec2::23]',
    '[fd20:ce::254]',
    '[fd00:c1::a9fe:a9fe]',
    '[fd00:42::42]',
    'metadata.google.internal',
    'Metadata.Google.Internal.',
    'metadata.goog',
    'instance-data',
    'instance-data.ec2.internal',
    'metadata.azure.internal',
    'metadata.tencentyun.com',
    'rancher-metadata',
  ])('are refused as %s', (host) => {
    expect(() => refuseMetadata(hostOf(host))).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });

  it.each([
    '127.0.0.1',
    '[::1]',
    '10.0.0.1',
    '169.253.255.255',
    '169.255.0.0',
    '[fd00::1]',
    '[::ffff:10.0.0.1]',
    'registry.google.internal',
    'metadata.example',
  ])('do not include %s', (host) => {
    expect(() => refuseMetadata(hostOf(host))).not.toThrow();
  });
});

describe('a name that leads to a metadata service', () => {
  let server: FaultyServer;
  let opened: Opened;
  let port: string;

  beforeAll(async () => {
    server = await startFaultyServer();
    server.answer('/it', { body: 'hello' });
    port = new URL(server.origin).port;
    opened = openHttp();
  });
  afterAll(async () => {
    await opened.client.close();
    await server.close();
  });

  it.each([{}, { validators: { etag: '"1"' } }])(
    'is not connected to, even where other addresses are honest (%j)',
    async (options) => {
      for (const name of ['innocent.test', 'mixed.test']) {
        await expect(opened.http.request(`http://${name}:${port}/it`, options)).rejects.toMatchObject({
          code: 'FORBIDDEN',
        });
        server.answer('/away', { status: 307, headers: { location: `http://${name}:${port}/it` } });
        await expect(opened.http.request(`${server.origin}/away`, options)).rejects.toMatchObject({
          code: 'FORBIDDEN',
        });
      }
      expect((await opened.http.request(`http://honest.test:${port}/it`, options)).text()).toBe('hello');
      expect(
        server.requests.filter(({ path }) => path === '/it').map(({ headers }) => headers.host),
      ).toSatisfy((hosts: string[]) => hosts.every((host) => host.startsWith('honest.test')));
    },
  );
});
