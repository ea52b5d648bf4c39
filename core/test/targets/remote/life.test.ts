import { afterEach, describe, expect, it } from 'vitest';
import type { Call, Fault } from './build-server.ts';
import { Elsewhere, openEnvironment } from './following.ts';
import { kindRows } from './kinds.ts';

const opened: Elsewhere[] = [];
afterEach(() => {
  for (const { server } of opened.splice(0)) server.close();
});

async function open(row: (typeof kindRows)[number]): Promise<Elsewhere> {
  const elsewhere = await Elsewhere.open(row);
  opened.push(elsewhere);
  return elsewhere;
}

/** A fault for the first requests of a kind, so many. */
function meet(
  times: number,
  isMeant: (call: Call) => boolean,
  fault: Fault,
): (call: Call) => Fault | undefined {
  let left = times;
  return (call) => (isMeant(call) && left-- > 0 ? fault : undefined);
}

const passed = { status: 'passed', exitCode: null, message: null };

describe.each(kindRows)('a build by $title', (row) => {
  it('is queued, runs and passes: asked for once, with the key and without secrets; its link is known', async () => {
    const it = await open(row);
    it.server.script = ['queued', 'queued', 'running', 'running', 'passed'];
    expect(await it.perform()).toEqual(passed);
    expect(it.server.all).toEqual([
      expect.objectContaining({ key: it.key, parameters: row.told(openEnvironment, it.key) }),
    ]);
    expect(it.starts).toBe(1);
    expect(it.memory).toMatchObject({
      state: 'started',
      link: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/.*1/),
    });
    expect(it.memories[0]?.state).toBe('asked');
    expect(it.log).toContain(it.memory?.link);
    expect(it.log).toMatch(/: passed \(/);
    expect(JSON.stringify(it.server.calls.map(({ body }) => body))).not.toContain('hunter22');
    expect(it.log).not.toContain('hunter22');
  });

  it('is told what the job chooses', async () => {
    const it = await open(row);
    const names: Record<string, string> = {
      github: 'inputs',
      gitlab: 'variables',
      gocd: 'variables',
      buildkite: 'env',
    };
    it.more = {
      [names[row.describe('').kind] ?? 'parameters']: { version: 'v$GO_PACKAGE_FASTIFY_LABEL', price: '$$5' },
    };
    expect(await it.perform()).toEqual(passed);
    expect(JSON.stringify(it.server.all[0]?.parameters)).toContain('v5.2.1');
    expect(JSON.stringify(it.server.all[0]?.parameters)).toContain('$5');
    expect(JSON.stringify(it.server.all[0]?.parameters)).not.toContain('GO_PACKAGE');
  });

  it('that fails has failed, in the words of the server', async () => {
    const it = await open(row);
    it.server.script = ['running', 'failed'];
    expect(await it.perform()).toEqual({
      status: 'failed',
      exitCode: null,
      message: expect.stringMatching(/has failed \(.*[Ff]ail/i),
    });
  });

  it('that somebody cancels there has failed, and the job says so', async () => {
    const it = await open(row);
    it.server.script = ['running', 'cancelled'];
    expect(await it.perform()).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('was cancelled there'),
    });
  });

  it('is cancelled there when its job is cancelled', async () => {
    const it = await open(row);
    it.server.script = ['queued', 'running'];
    it.onRemember = (memory, done) => {
      if (done && memory.state === 'started') it.cancelling.abort();
    };
    expect(await it.perform()).toMatchObject({ status: 'failed', message: 'the job was cancelled' });
    expect(it.server.all[0]?.script.at(-1)).toBe('cancelled');
    expect(it.log).toContain('is being cancelled');
  });

  it('is cancelled there, too, when its time limit is over', async () => {
    const it = await open(row);
    it.timeoutMs = 600_000;
    it.server.script = ['running'];
    expect(await it.perform()).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('time limit of 600 s'),
    });
    expect(it.server.all[0]?.script.at(-1)).toBe('cancelled');
  });

  it('of a job that is cancelled before it began is never asked for', async () => {
    const it = await open(row);
    it.cancelling.abort();
    expect(await it.perform()).toMatchObject({ status: 'failed', message: 'the job was cancelled' });
    expect(it.server.calls).toEqual([]);
  });

  it('with a token that the server does not take has failed at once, and the token is not shown', async () => {
    const it = await open(row);
    it.token = 'a-wrong-token-of-somebody';
    const outcome = await it.perform();
    expect(outcome).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/could not be started.*(credentials|404)/),
    });
    expect(it.server.all).toEqual([]);
    expect(outcome.message + it.log).not.toContain('a-wrong-token');
  });

  it('of something that the server does not have has failed at once', async () => {
    const it = await open(row);
    it.server.fault = () => ({ status: 404, body: { message: 'Not Found' } });
    expect(await it.perform()).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/could not be started.*404/),
    });
    expect(it.starts).toBeLessThanOrEqual(1);
  });

  it('that is deleted there has failed, and the job says so', async () => {
    const it = await open(row);
    it.server.script = ['running'];
    let looks = 0;
    it.server.onCall = (call, done) => {
      const build = it.server.all[0];
      if (done && build && call.method === 'GET' && ++looks === 12) build.deleted = true;
    };
    expect(await it.perform()).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('deleted'),
    });
  });

  it('that is asked for too often is asked for when the server wants it, once', async () => {
    const it = await open(row);
    const began = it.time.ms;
    it.server.fault = meet(2, row.isStart, { status: 429, headers: { 'retry-after': '120' } });
    expect(await it.perform()).toEqual(passed);
    expect(it.starts).toBe(3);
    expect(it.server.all).toHaveLength(1);
    expect(it.time.ms - began).toBeGreaterThanOrEqual(240_000);
  });

  it('is looked at when the server wants it', async () => {
    const it = await open(row);
    const began = it.time.ms;
    const isLook = (call: Call) => call.method === 'GET' && it.memory?.state === 'started';
    it.server.fault = meet(1, isLook, { status: 429, headers: { 'retry-after': '300' } });
    expect(await it.perform()).toEqual(passed);
    expect(it.time.ms - began).toBeGreaterThanOrEqual(300_000);
  });

  it('survives a server that answers 500 for ten minutes', async () => {
    const it = await open(row);
    const ends = it.time.ms + 600_000;
    const isMet = () => it.time.ms < ends && (row.canSayAbsent || it.memory?.state === 'started');
    it.server.fault = () => (isMet() ? { status: 500, body: 'down' } : undefined);
    expect(await it.perform()).toEqual(passed);
    expect(it.time.ms).toBeGreaterThanOrEqual(ends);
    expect(it.server.all).toHaveLength(1);
    // With back-off: ten minutes are a few tries, not hundreds.
    expect(it.server.calls.length).toBeLessThan(60);
  });

  it('that was asked for when the connection was cut is found by its key', async () => {
    const it = await open(row);
    it.server.fault = meet(1, row.isStart, 'cut after');
    expect(await it.perform()).toEqual(passed);
    expect(it.server.all).toHaveLength(1);
    expect(it.starts).toBe(1);
  });

  it('of which nobody knows whether it was asked for when the connection was cut is asked for again, or in doubt', async () => {
    const it = await open(row);
    it.server.fault = meet(1, row.isStart, 'cut before');
    const outcome = await it.perform();
    if (row.canSayAbsent) {
      expect(outcome).toEqual(passed);
      expect(it.server.all).toHaveLength(1);
    } else {
      expect(outcome).toMatchObject({ status: 'doubt', message: expect.stringContaining(it.key) });
      expect(it.server.all).toEqual([]);
    }
  });

  it('is let go of by a server that stops, and followed on by its next life', async () => {
    const it = await open(row);
    it.server.script = ['running', 'running', 'running', 'passed'];
    const isLook = (call: Call) => call.method === 'GET' && it.memory?.state === 'started';
    it.server.onCall = (call) => {
      if (isLook(call)) it.detaching.abort(new Error('the server stops'));
    };
    await expect(it.perform()).rejects.toThrow('the server stops');
    const next = await Elsewhere.open(row, it.key, it);
    next.memory = it.memory;
    it.server.onCall = () => {};
    expect(await next.perform()).toEqual(passed);
    expect(it.server.all).toHaveLength(1);
  });
});
