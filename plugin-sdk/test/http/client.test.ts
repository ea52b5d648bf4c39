import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultyServer, startFaultyServer } from '../../src/testing/faulty-server.ts';
import { type Opened, openHttp } from './harness.ts';

const conditional = { validators: { etag: '"1"' } };

describe('the HTTP of a repository', () => {
  let server: FaultyServer;
  let opened: Opened;

  beforeEach(async () => {
    server = await startFaultyServer();
    opened = openHttp();
  });
  afterEach(async () => {
    await opened.client.close();
    await server.close();
  });

  it('keeps connections alive, over errors too, and counts what it moved', async () => {
    server.answer('/it', { body: 'hello' });
    server.answer('/old', { status: 304 });
    server.answer('/missing', { status: 404, body: 'there is nothing here' });
    server.answer('/away', { status: 302, headers: { location: '/it' } });
    for (let time = 0; time < 3; time++) {
      await opened.http.request(`${server.origin}/it`);
      await opened.http.request(`${server.origin}/old`, conditional);
      await opened.http.request(`${server.origin}/it`, conditional);
      await expect(opened.http.request(`${server.origin}/missing`)).rejects.toThrow();
      await expect(opened.http.request(`${server.origin}/missing`, conditional)).rejects.toThrow();
      await opened.http.request(`${server.origin}/away`);
    }
    // One for each road, and one more where a redirect is followed before its own connection is free.
    expect(new Set(server.requests.map(({ connection }) => connection)).size).toBeLessThanOrEqual(3);
    expect(opened.client.traffic()).toEqual({ requests: server.requests.length, bytes: 3 * 3 * 5 });
  });

  it('asks conditionally once by undici, and leaves redirects, repetition and the rest to got', async () => {
    const asked: unknown[] = [];
    const listen = (message: unknown) => void asked.push(message);
    subscribe('undici:request:create', listen);
    try {
      server.answer('/old', { status: 304 });
      server.answer('/away', { status: 302, headers: { location: '/old' } });
      server.answer('/ill', { status: 503 });
      await opened.http.request(`${server.origin}/old`, conditional);
      expect([asked.length, server.requests.length]).toEqual([1, 1]);
      await opened.http.request(`${server.origin}/away`, conditional);
      expect([asked.length, server.requests.length]).toEqual([2, 4]);
      await expect(opened.http.request(`${server.origin}/ill`, conditional)).rejects.toThrow();
      expect([asked.length, server.requests.length]).toEqual([3, 7]);
      (await opened.http.stream(`${server.origin}/old`, { ...conditional })).body.destroy();
      expect(asked).toHaveLength(3);
    } finally {
      unsubscribe('undici:request:create', listen);
    }
  });

  it.each([{}, conditional])('does not read a refusal to its end (%j)', async (options) => {
    server.answer('/ill', { status: 404, body: Buffer.alloc(50_000_000), holdBody: new Promise(() => {}) });
    await expect(opened.http.request(`${server.origin}/ill`, options)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await server.idle();
  });

  it('lets who waits for a slot leave, and nobody else with it', async () => {
    const { client } = openHttp({ concurrencyPerHost: 1 });
    const held = Promise.withResolvers<void>();
    server.answer('/held', { hold: held.promise, body: 'first' });
    server.answer('/it', { body: 'third' });
    const log = { debug() {}, info() {}, warn() {} };
    const stays = client.forCall({ signal: new AbortController().signal, log });
    const leaving = new AbortController();
    const first = stays.request(`${server.origin}/held`);
    const second = client.forCall({ signal: leaving.signal, log }).request(`${server.origin}/it`);
    const third = stays.request(`${server.origin}/it`, conditional);
    await server.received(1);
    leaving.abort(new Error('left'));
    await expect(second).rejects.toThrow('left');
    held.resolve();
    expect([(await first).text(), (await third).text()]).toEqual(['first', 'third']);
    expect(server.requests).toHaveLength(2);
    await client.close();
  });

  it('does not deadlock where two hosts redirect to each other and each takes one request', async () => {
    const { client, http } = openHttp({ concurrencyPerHost: 1 });
    const other = await startFaultyServer();
    for (const [here, there] of [
      [server, other],
      [other, server],
    ] as const) {
      here.answer('/go', { status: 302, headers: { location: `${there.origin}/it` } });
      here.answer('/it', { body: 'arrived' });
    }
    const asked = Array.from({ length: 10 }, (_, index) =>
      http.request(`${(index % 2 ? server : other).origin}/go`),
    );
    expect((await Promise.all(asked)).map((one) => one.text())).toEqual(Array(10).fill('arrived'));
    expect([server.peak, other.peak]).toEqual([1, 1]);
    await client.close();
    await other.close();
  });

  it.each([{}, conditional])('leaves while it connects, when its call ends (%j)', async (options) => {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const connected = once(silent, 'connection');
    // The handshake is never answered, and so the connection is never made.
    const asked = opened.http.request(`https://127.0.0.1:${port}/`, options);
    await connected;
    opened.call.abort(new Error('left'));
    await expect(asked).rejects.toThrow('left');
    const [socket] = await connected;
    socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });
});
