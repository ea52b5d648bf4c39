import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PluginError } from '../../src/errors.ts';
import { delayBeforeRetry, readRetryAfter } from '../../src/http/retries.ts';
import { type FaultyServer, startFaultyServer } from '../../src/testing/faulty-server.ts';
import { type Opened, openHttp } from './harness.ts';

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1, 12, 0, 0);

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['99999999', 3_600_000],
    ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    ['Thursday, 01-Jan-26 12:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['Thu, 01 Jan 2099 12:00:00 GMT', 3_600_000],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['Xyz, nonsense GMT', undefined],
    [undefined, undefined],
  ])('%j is %j ms', (value, expected) => {
    expect(readRetryAfter(value, now)).toBe(expected);
  });
});

describe('the delay before a request is repeated', () => {
  const down = new PluginError('UNREACHABLE', 'down');
  const delay = (attempt: number, random: number, error = down, remaining = 60_000) =>
    delayBeforeRetry(error, attempt, remaining, () => random);

  it('is anything up to a bound that doubles, and ends after the third attempt', () => {
    expect([delay(1, 0), delay(1, 0.5), delay(1, 1), delay(2, 1), delay(3, 1)]).toEqual([
      0,
      250,
      500,
      1000,
      undefined,
    ]);
  });

  it('adds to what the server asked for, and leaves long waits and what does not fit the time to core', () => {
    const asked = (retryAfterMs: number) => new PluginError('RATE_LIMITED', 'later', { retryAfterMs });
    expect(delay(1, 1, asked(3000))).toBe(3500);
    expect(delay(1, 1, asked(10_001))).toBeUndefined();
    expect(delay(1, 1, asked(3000), 3400)).toBeUndefined();
  });

  it('is none for what another attempt does not change', () => {
    for (const code of [
      'UNAUTHORIZED',
      'NOT_FOUND',
      'TOO_LARGE',
      'TIMEOUT',
      'MALFORMED',
      'UNTRUSTED',
    ] as const) {
      expect(delay(1, 0, new PluginError(code, 'no'))).toBeUndefined();
    }
  });
});

describe('a request that failed', () => {
  let server: FaultyServer;
  let opened: Opened;
  let waits: number[];

  beforeEach(async () => {
    server = await startFaultyServer();
    waits = [];
    const wait = async (ms: number) => void waits.push(ms);
    opened = openHttp({ clock: { now: Date.now, wait }, random: () => 0.5 });
  });
  afterEach(async () => {
    await opened.client.close();
    await server.close();
  });

  it('waits out a short Retry-After', async () => {
    server.answer('/it', { status: 429, headers: { 'retry-after': '2' } }, { body: 'well' });
    expect((await opened.http.request(`${server.origin}/it`)).text()).toBe('well');
    expect(waits).toEqual([2250]);
    expect(opened.said).toEqual([expect.stringContaining('answered 429')]);
  });

  it('does not wait where the call has no time for it', async () => {
    server.answer('/it', { status: 503, headers: { 'retry-after': '8' } });
    const asked = opened.http.request(`${server.origin}/it`, { timeoutMs: 5000 });
    await expect(asked).rejects.toMatchObject({ code: 'UNREACHABLE', retryAfterMs: 8000 });
    expect(waits).toEqual([]);
  });

  it('backs off further each time, at most twice', async () => {
    server.answer('/it', { status: 503 });
    await expect(opened.http.request(`${server.origin}/it`)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(waits).toEqual([250, 500]);
    expect(server.requests).toHaveLength(3);
  });

  it('ends at once when the call is aborted while it backs off', async () => {
    const { http, call, client } = openHttp({
      clock: {
        now: Date.now,
        wait: (_ms, signal) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      },
    });
    server.answer('/it', { status: 503 });
    const asked = http.request(`${server.origin}/it`);
    await server.received(1);
    await server.idle();
    call.abort(new Error('not wanted any more'));
    await expect(asked).rejects.toThrow('not wanted any more');
    expect(server.requests).toHaveLength(1);
    await client.close();
  });
});
