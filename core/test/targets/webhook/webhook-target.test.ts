import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, vi } from 'vitest';
import { patience } from '../../../../test/support/until.ts';
import { Interpolator } from '../../../src/config/interpolator.ts';
import type { WebhookJob } from '../../../src/config/jobs.ts';
import { Masker } from '../../../src/config/masker.ts';
import type { Work } from '../../../src/targets/target.ts';
import { createWebhookTarget } from '../../../src/targets/webhook/webhook-target.ts';
import { makeLog } from '../jobs.ts';
import { wires } from '../wires.ts';
import { facts } from '../work.ts';
import { answer, type Received, startReceiver } from './receiver.ts';

const environment = { GO_PIPELINE_NAME: 'acceptance', GO_REPO_FASTIFY_TOKEN: 'hunter22' };

function makeWork(url: string, job: Partial<WebhookJob> = {}): Work<WebhookJob> {
  const base: WebhookJob = {
    kind: 'webhook',
    name: 'install',
    timeoutMs: 20_000,
    secrets: [],
    onDoubt: 'restart',
    url,
    secret: undefined,
  };
  const common = { attempt: 1, startedAt: Date.now(), environment, secrets: ['hunter22'], run: facts };
  return { key: 'attempt-1', job: { ...base, ...job }, ...common };
}

function makeTarget({ now = Date.now, URL = '' } = {}) {
  const interpolator = new Interpolator({
    directory: '/',
    environment: { KEY: 'plain secret €', URL },
    masker: new Masker(),
  });
  const resolve = (template: string) => interpolator.resolve(template);
  return createWebhookTarget({
    resolve,
    config: () => wires,
    now,
    random: () => 0.5,
    firstPauseMs: 10,
    longestPauseMs: 40,
    tryMs: 5000,
  });
}

function headersOf({ headers }: Received): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

const passed = { status: 'passed', exitCode: null, message: null };

describe('a webhook', () => {
  it('brings the run in a CloudEvents envelope, without secrets', async () => {
    const { url, received } = await startReceiver(answer(204));
    expect(await makeTarget().perform(makeWork(url), makeLog())).toEqual(passed);
    const [request] = received;
    expect(request?.method).toBe('POST');
    const event = HTTP.toEvent({ headers: request?.headers ?? {}, body: request?.body });
    if (!(event instanceof CloudEvent)) throw new Error('one event is expected');
    expect(event.validate()).toBe(true);
    expect(event).toMatchObject({
      specversion: '1.0',
      id: 'attempt-1',
      type: 'dev.sluice.job.requested',
      source: '/pipelines/acceptance',
      subject: '7/smoke/1/install',
      data: { run: facts, environment: { GO_PIPELINE_NAME: 'acceptance' } },
    });
    expect(request?.body).not.toContain('hunter22');
  });

  it.each([
    [
      'in base64',
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      new Webhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
    ],
    ['of plain text', `\${env:KEY}`, new Webhook(Buffer.from('plain secret €'), { format: 'raw' })],
  ])('is signed with a secret %s, so that the receiver can verify it', async (_case, secret, verifier) => {
    const { url, received } = await startReceiver(answer(200));
    await makeTarget().perform(makeWork(url, { secret }), makeLog());
    const [request] = received;
    if (request === undefined) throw new Error('nothing arrived');
    expect(verifier.verify(request.body, headersOf(request))).toMatchObject({ id: 'attempt-1' });
    expect(request.headers['webhook-id']).toBe('attempt-1');
    expect(() => verifier.verify(`${request.body} `, headersOf(request))).toThrow('signature');
  });

  it('without a secret is not signed', async () => {
    const { url, received } = await startReceiver(answer(200));
    await makeTarget().perform(makeWork(url), makeLog());
    expect(received[0]?.headers).toMatchObject({
      'webhook-id': 'attempt-1',
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
    });
    expect(received[0]?.headers['webhook-signature']).toBeUndefined();
  });

  it.each([
    ['an empty secret', { secret: '' }, 'empty'],
    ['a secret that is no base64 after whsec_', { secret: 'whsec_**hunter22**' }, 'base64'],
    ['a reference that leads nowhere', { secret: `\${env:MISSING}` }, 'is not set'],
    ['an address that is none', { url: 'ftp://127.0.0.1/' }, 'no http or https address'],
  ])('with %s fails in words', async (_case, job, words) => {
    const outcome = await makeTarget().perform(makeWork('http://127.0.0.1:1/', job), makeLog());
    expect(outcome).toEqual({ status: 'failed', exitCode: null, message: expect.stringContaining(words) });
    expect(outcome.message).not.toContain('hunter22');
  });

  it('shows the beginning of the answer in the log, masked, and the address as it is configured', async () => {
    const { url, received } = await startReceiver(answer(200, `token hunter22 \0${'x'.repeat(100_000)}`));
    const log = makeLog(5);
    expect(await makeTarget({ URL: url }).perform(makeWork(`\${env:URL}`), log)).toEqual(passed);
    expect(received).toHaveLength(1);
    expect(log.text).toMatch(/^POST \$\{env:URL\}: 200\ntoken \[secret\] \uFFFDx+\n$/);
    expect(log.text.length).toBeLessThan(4200);
    expect(log.writes.at(-1)?.offset).toBe(5 + Buffer.byteLength(log.text));
  });

  it('does not show half a secret where the answer is cut', async () => {
    const { url } = await startReceiver(answer(200, `${'x'.repeat(4090)}hunter22`));
    const log = makeLog();
    await makeTarget().perform(makeWork(url), log);
    expect(log.text).toMatch(/x\n$/);
  });

  it('that is redirected has failed, and the other place hears nothing', async () => {
    const elsewhere = await startReceiver(answer(200));
    const { url } = await startReceiver(answer(307, '', { location: elsewhere.url }));
    const outcome = await makeTarget().perform(makeWork(url), makeLog());
    expect(outcome).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('redirects are not followed'),
    });
    expect(elsewhere.received).toEqual([]);
  });

  it('that is refused has failed at once', async () => {
    const { url, received } = await startReceiver(answer(422, 'no such deployment'));
    const log = makeLog();
    expect(await makeTarget().perform(makeWork(url), log)).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('422'),
    });
    expect(received).toHaveLength(1);
    expect(log.text).toContain('no such deployment');
  });

  it('is sent again after 408, 425, 429, 5xx and broken connections, with the same id and body, each time signed anew', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const failures = [408, 425, 429, 500, 503].map((status) => answer(status));
    const { url, received } = await startReceiver(...failures, (response) => response.destroy(), answer(202));
    let time = Date.now();
    // Every look at the clock is a second later, so that every signature has another time.
    const target = makeTarget({ now: () => (time += 1000) });
    expect(await target.perform(makeWork(url, { secret, timeoutMs: 120_000 }), makeLog())).toEqual(passed);
    expect(received).toHaveLength(7);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(['attempt-1']));
    expect(new Set(received.map(({ headers }) => headers['webhook-signature'])).size).toBe(7);
    for (const request of received) new Webhook(secret).verify(request.body, headersOf(request));
  });

  it('leaves the receiver alone for as long as it asks', async () => {
    const { url, received } = await startReceiver(answer(503, '', { 'retry-after': '1' }), answer(200));
    const log = makeLog();
    await makeTarget().perform(makeWork(url), log);
    expect(log.text).toContain('next try in 1.0 s');
    expect(received).toHaveLength(2);
  });

  it('fails where the next try would be after its time limit', async () => {
    const { url, received } = await startReceiver(answer(503, '', { 'retry-after': '3600' }));
    const outcome = await makeTarget().perform(makeWork(url), makeLog());
    expect(outcome).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/time limit of 20 s.*status 503/),
    });
    expect(received).toHaveLength(1);
  });

  it('fails at its time limit when nobody answers', async () => {
    const { url } = await startReceiver(() => {});
    const log = makeLog();
    const outcome = await makeTarget().perform(makeWork(url, { timeoutMs: 100 }), log);
    expect(outcome).toMatchObject({ status: 'failed', message: expect.stringContaining('none at all') });
    expect(log.text).toContain('no answer');
  });

  it.each([
    ['while the receiver is silent', [() => {}]],
    ['between two tries', [answer(503, '', { 'retry-after': '10' })]],
  ])('can be cancelled %s', async (_case, answers) => {
    const { url, received } = await startReceiver(...answers);
    const log = makeLog();
    const outcome = makeTarget().perform(makeWork(url), log);
    await vi.waitFor(() => expect(received).toHaveLength(1), patience);
    log.cancelling.abort();
    expect(await outcome).toEqual({ status: 'failed', exitCode: null, message: 'the job was cancelled' });
  });

  it.each([
    ['while the receiver is silent', [() => {}]],
    ['between two tries', [answer(503, '', { 'retry-after': '10' })]],
  ])('is left by a server that goes away %s', async (_case, answers) => {
    const { url, received } = await startReceiver(...answers);
    const log = makeLog();
    const outcome = makeTarget().perform(makeWork(url), log);
    await vi.waitFor(() => expect(received).toHaveLength(1), patience);
    log.detaching.abort(new Error('the server goes away'));
    await expect(outcome).rejects.toThrow('the server goes away');
  });
});
