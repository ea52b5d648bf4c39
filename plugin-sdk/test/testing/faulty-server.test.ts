import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultyServer, startFaultyServer } from '../../src/testing/faulty-server.ts';

describe('the faulty server', () => {
  let server: FaultyServer;

  beforeEach(async () => {
    server = await startFaultyServer();
  });
  afterEach(() => server.close());

  it('answers in the order it was told, and goes on with the last answer', async () => {
    server.answer('/a', { status: 503 }, { body: 'one' }, { body: 'two' });
    const seen = [];
    for (let time = 0; time < 4; time++) {
      const answer = await fetch(`${server.origin}/a`);
      seen.push([answer.status, await answer.text()]);
    }
    expect(seen).toEqual([
      [503, ''],
      [200, 'one'],
      [200, 'two'],
      [200, 'two'],
    ]);
  });

  it('answers 404 to what it was not told about, and makes answers from requests', async () => {
    server.answer('/echo', ({ method, body, headers }) => ({
      body: `${method} ${body} ${headers['x-word']}`,
    }));
    expect((await fetch(`${server.origin}/nothing`)).status).toBe(404);
    const echo = await fetch(`${server.origin}/echo?query=1`, {
      method: 'POST',
      body: 'hello',
      headers: { 'x-word': 'w' },
    });
    expect(await echo.text()).toBe('POST hello w');
    expect(server.requests.map(({ path }) => path)).toEqual(['/nothing', '/echo?query=1']);
  });

  it('cuts the connection after the bytes it was told', async () => {
    server.answer('/cut', { body: 'abcdef', cutAfter: 3 });
    const answer = await fetch(`${server.origin}/cut`);
    expect(answer.headers.get('content-length')).toBe('6');
    await expect(answer.text()).rejects.toThrow();
  });

  it('holds an answer, and half a body, until released', async () => {
    const head = Promise.withResolvers<void>();
    const body = Promise.withResolvers<void>();
    server.answer('/held', { hold: head.promise, holdBody: body.promise, body: 'abcd' });
    const answer = fetch(`${server.origin}/held`);
    await server.received(1);
    expect(server.inFlight).toBe(1);
    head.resolve();
    const reader = (await answer).body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('ab');
    body.resolve();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('cd');
    await server.idle();
    expect(server.peak).toBe(1);
  });

  it('never answers when told so, and sees the client leave', async () => {
    server.answer('/silent', { silent: true });
    const leave = new AbortController();
    const answer = fetch(`${server.origin}/silent`, { signal: leave.signal });
    await server.received(1);
    leave.abort(new Error('left'));
    await expect(answer).rejects.toThrow('left');
    await server.idle();
  });
});
