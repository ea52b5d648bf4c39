import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { issue, makeAuthority } from '../../../../plugin-sdk/test/http/certificates.ts';
import type { HttpSinkConfig } from '../../../src/config/events.ts';
import { createHttpSink } from '../../../src/events/sinks/http-sink.ts';
import { writeFiles } from '../../config/load.ts';
import { httpSink } from '../configs.ts';
import { answerWith, type Received, startReceiver } from '../receiver.ts';
import { sampleOf } from '../samples.ts';
import { surroundingsWith } from './surroundings.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const never = new AbortController().signal;

function makeSink(
  url: string,
  changes: Partial<HttpSinkConfig> = {},
  environment: Readonly<Record<string, string>> = {},
) {
  return createHttpSink(httpSink('http-1', url, changes), surroundingsWith(environment));
}

function headersOf({ headers }: Received): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

describe('a sink of kind http', () => {
  it('gets CloudEvents in structured mode, signed so that it can verify them', async () => {
    const receiver = await startReceiver();
    const answer = await makeSink(receiver.url, { secret }).give(sampleOf('artifact.published'), never);
    expect(answer).toEqual({ status: 'taken' });
    const [request] = receiver.received;
    if (!request) throw new Error('nothing arrived');
    expect(request.method).toBe('POST');
    expect(request.headers['content-type']).toMatch(/^application\/cloudevents\+json/);
    const event = HTTP.toEvent({ headers: request.headers, body: request.body });
    if (!(event instanceof CloudEvent)) throw new Error('one event is expected');
    expect(event.validate()).toBe(true);
    expect(event.type).toBe('dev.cdevents.artifact.published.0.3.0');
    expect(new Webhook(secret).verify(request.body, headersOf(request))).toMatchObject({ id: event.id });
    expect(request.headers['webhook-id']).toBe(event.id);
  });

  it('is not signed without a secret, and gets the headers that it needs', async () => {
    const receiver = await startReceiver();
    const headers = { authorization: `Bearer \${env:TOKEN}` };
    await makeSink(receiver.url, { headers }, { TOKEN: 't0ps3cret' }).give(
      sampleOf('repository.failing'),
      never,
    );
    expect(receiver.received[0]?.headers).toMatchObject({
      authorization: 'Bearer t0ps3cret',
      'user-agent': 'sluice',
    });
    expect(receiver.received[0]?.headers['webhook-signature']).toBeUndefined();
  });

  it.each([
    [204, 'taken'],
    [302, 'later'],
    [400, 'refused'],
    [401, 'later'],
    [404, 'later'],
    [410, 'later'],
    [422, 'refused'],
    [429, 'later'],
    [503, 'later'],
  ])('that answers %d has the event as %s', async (status, meaning) => {
    const receiver = await startReceiver(answerWith(status, '', { location: 'http://127.0.0.1:1/' }));
    expect(await makeSink(receiver.url).give(sampleOf('artifact.published'), never)).toMatchObject({
      status: meaning,
    });
    expect(receiver.received).toHaveLength(1);
  });

  it('is left alone for as long as it asks', async () => {
    const receiver = await startReceiver(answerWith(503, '', { 'retry-after': '7' }));
    const answer = await makeSink(receiver.url).give(sampleOf('artifact.published'), never);
    expect(answer).toEqual({ status: 'later', reason: 'answered 503', retryAfterMs: 7_000 });
  });

  it('shows no secret in what went wrong', async () => {
    const receiver = await startReceiver((response, { headers }) =>
      response.writeHead(400).end(`no ${headers.authorization} for ${secret} at\u001b[31m`),
    );
    const sink = makeSink(
      `\${env:SINK}`,
      { secret, headers: { authorization: 'Bearer t0ps3cret' } },
      { SINK: receiver.url },
    );
    const answer = await sink.give(sampleOf('artifact.published'), never);
    expect(answer).toMatchObject({
      status: 'refused',
      reason: expect.stringMatching(/^answered 400: no \S+ for \S+ at \[31m$/),
    });
    expect(JSON.stringify(answer)).not.toMatch(/t0ps3cret|MfKQ9/);
    const dead = await makeSink(`\${env:SINK}`, {}, { SINK: 'http://127.0.0.1:1/t0ps3cret' }).give(
      sampleOf('artifact.published'),
      never,
    );
    expect(dead).toMatchObject({ status: 'later', reason: expect.stringContaining('ECONNREFUSED') });
    expect(JSON.stringify(dead)).not.toContain('t0ps3cret');
  });

  it.each([
    ['an address that is none', { url: 'ftp://127.0.0.1/' }, 'no http or https address'],
    ['a reference that leads nowhere', { url: `\${env:MISSING}` }, 'is not set'],
    [
      'a certificate that is not there',
      { clientCert: '/none.pem', clientKey: '/none.pem' },
      '/none.pem cannot be read',
    ],
  ])('with %s says so', async (_case, changes, words) => {
    await expect(
      makeSink('http://127.0.0.1:1/', changes).give(sampleOf('artifact.published'), never),
    ).rejects.toThrow(words);
  });

  it('is shown who calls where it wants to know', async () => {
    const authority = { name: 'test authority', ...makeAuthority('test authority') };
    const client = issue('sluice', authority);
    const directory = await writeFiles({ 'cert.pem': client.cert, 'key.pem': client.key });
    const own = {
      ...issue('receiver', authority),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    };
    const callers: unknown[] = [];
    const server = createServer(own, (request, response) => {
      callers.push((request.socket as TLSSocket).getPeerCertificate().subject.CN);
      request.resume().on('end', () => response.writeHead(204).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, authority.cert]);
    onTestFinished(() => {
      setDefaultCACertificates(trusted);
      server.close();
    });
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const certificate = { clientCert: join(directory, 'cert.pem'), clientKey: join(directory, 'key.pem') };
    expect(await makeSink(url, certificate).give(sampleOf('artifact.published'), never)).toEqual({
      status: 'taken',
    });
    expect(callers).toEqual(['sluice']);
    expect(await makeSink(url).give(sampleOf('artifact.published'), never)).toMatchObject({
      status: 'later',
    });
  });

  it('breaks off when it is told to', async () => {
    const receiver = await startReceiver(() => {});
    const stop = new AbortController();
    const given = makeSink(receiver.url).give(sampleOf('artifact.published'), stop.signal);
    stop.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
  });
});
