import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { issue, makeAuthority } from '../../../plugin-sdk/test/http/certificates.ts';
import { send } from '../../src/targets/send.ts';
import { openWires } from '../../src/targets/wires.ts';
import { makeDirectory } from './jobs.ts';
import { answer, startReceiver } from './webhook/receiver.ts';
import { wires } from './wires.ts';

const authority = { name: 'test authority', ...makeAuthority('test authority') };

async function ask(url: string, changes: Partial<typeof wires> = {}, files = {}) {
  const noFiles = { clientCert: undefined, clientKey: undefined, ca: undefined };
  await using opened = await openWires({ ...wires, ...changes }, (text) => text, { ...noFiles, ...files });
  return await send({
    method: 'GET',
    url: new URL(url),
    headers: {},
    wires: opened,
    timeoutMs: 5_000,
    mostBytes: 1_000,
    now: Date.now,
  });
}

/** A server that asks for certificates and answers whose it got. */
async function startTlsServer(): Promise<string> {
  const tls = {
    ...issue('server', authority),
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: false,
  };
  const server = createServer(tls, (request, response) => {
    response.end(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `https://127.0.0.1:${address.port}/`;
}

describe('a request to another server', () => {
  it('shows the certificate of its job, and trusts the authority of its job', async () => {
    const url = await startTlsServer();
    const directory = makeDirectory();
    const client = issue('client', authority);
    const files = {
      clientCert: join(directory, 'cert.pem'),
      clientKey: join(directory, 'key.pem'),
      ca: join(directory, 'ca.pem'),
    };
    writeFileSync(files.clientCert, client.cert);
    writeFileSync(files.clientKey, client.key);
    writeFileSync(files.ca, authority.cert);
    expect(await ask(url)).toMatchObject({ status: undefined, fate: 'unsent' });
    expect(String(Object(await ask(url, {}, { ca: files.ca })).body)).toBe('nobody');
    expect(String(Object(await ask(url, {}, files)).body)).toBe('client');
  });

  it('says which file cannot be read, or that it is no certificate', async () => {
    await expect(ask('https://127.0.0.1/', {}, { ca: '/nowhere/ca.pem' })).rejects.toThrow(
      '/nowhere/ca.pem cannot be read',
    );
    const path = join(makeDirectory(), 'ca.pem');
    writeFileSync(path, 'no certificate');
    await expect(ask('https://127.0.0.1/', {}, { ca: path })).rejects.toThrow('PEM');
  });

  it.each(['127.0.0.1', 'localhost'])(
    'to a private address, by %s, is not made where none is allowed',
    async (host) => {
      const { url, received } = await startReceiver(answer(200));
      const there = url.replace('127.0.0.1', host);
      expect(await ask(there)).toMatchObject({ status: 200 });
      const reply = await ask(there, { targets: { allowPrivate: false } });
      expect(reply).toMatchObject({
        status: undefined,
        fate: 'refused',
        reason: expect.stringContaining('private address'),
      });
      expect(received).toHaveLength(1);
    },
  );

  it('that nobody takes was not sent', async () => {
    expect(await ask('http://127.0.0.1:1/')).toMatchObject({ status: undefined, fate: 'unsent' });
  });

  it('that is cut may have arrived', async () => {
    const { url } = await startReceiver((response) => response.destroy());
    expect(await ask(url)).toMatchObject({ status: undefined, fate: 'unknown' });
  });
});
