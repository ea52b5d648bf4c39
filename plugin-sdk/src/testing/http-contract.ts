import { buffer, text } from 'node:stream/consumers';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PluginErrorCode } from '../errors.ts';
import type { HttpClient, HttpSettings } from '../http/index.ts';
import type { Credentials, Http, RequestOptions } from '../http.ts';
import { Secret } from '../secret.ts';
import { type FaultyServer, type ScriptedAnswer, startFaultyServer } from './faulty-server.ts';

/**
 * How to make the HTTP under test; the settings that the suite gives must be honoured, so that it need not
 * wait.
 */
export type CreateHttp = (settings: HttpSettings) => HttpClient;

const secret = 'tok-5ecret';
const credentials: Credentials = { bearer: new Secret(secret) };
const statuses: readonly (readonly [number, PluginErrorCode])[] = [
  [300, 'MALFORMED'],
  [304, 'MALFORMED'],
  [400, 'MALFORMED'],
  [401, 'UNAUTHORIZED'],
  [403, 'FORBIDDEN'],
  [404, 'NOT_FOUND'],
  [410, 'NOT_FOUND'],
  [429, 'RATE_LIMITED'],
  [500, 'UNREACHABLE'],
  [503, 'UNREACHABLE'],
];
/** Conditional requests may be sent by another road, and so everything is asked in both ways. */
const ways: readonly (readonly [string, RequestOptions])[] = [
  ['plain', {}],
  ['conditional', { validators: { etag: '"old"' } }],
];

/** The contract of {@link Http}, as a vitest suite. */
export function testHttp(name: string, create: CreateHttp): void {
  describe(`${name}: the contract of Http`, () => {
    let server: FaultyServer;
    let other: FaultyServer;
    let client: HttpClient;
    let calling: AbortController;
    let http: Http;
    let said: string[];

    const open = (settings: HttpSettings = {}) => {
      const log = {
        debug: (line: string) => said.push(line),
        info: (line: string) => said.push(line),
        warn: (line: string) => said.push(line),
      };
      client = create({
        clock: { now: Date.now, wait: async (_ms, signal) => signal.throwIfAborted() },
        ...settings,
      });
      http = client.forCall({ signal: calling.signal, log });
    };
    const failsWith = (asked: Promise<unknown>, code: PluginErrorCode) =>
      expect(asked).rejects.toMatchObject({ name: 'PluginError', code });

    beforeEach(async () => {
      server = await startFaultyServer();
      other = await startFaultyServer();
      said = [];
      calling = new AbortController();
      open();
    });
    afterEach(async () => {
      await client.close();
      await Promise.all([server.close(), other.close()]);
    });

    describe.each(ways)('a %s request', (_way, options) => {
      const answer = (...scripts: [ScriptedAnswer, ...ScriptedAnswer[]]) => server.answer('/it', ...scripts);
      const ask = (more: RequestOptions = {}, from: Http = http) =>
        from.request(`${server.origin}/it`, { ...options, ...more });

      it('gives the status, the headers, the validators and the body', async () => {
        answer({ headers: { ETag: '"1"', 'Last-Modified': 'now', 'X-Two': ['a', 'b'] }, body: '{"a":"ä"}' });
        const got = await ask();
        expect(got).toMatchObject({
          status: 200,
          notModified: false,
          url: `${server.origin}/it`,
          validators: { etag: '"1"', lastModified: 'now' },
        });
        expect(got.headers).toMatchObject({ etag: '"1"', 'x-two': 'a, b' });
        expect([got.text(), got.json(), Buffer.from(got.bytes()).toString()]).toEqual([
          '{"a":"ä"}',
          { a: 'ä' },
          '{"a":"ä"}',
        ]);
      });

      it.each([
        ['gzip', gzipSync],
        ['br', brotliCompressSync],
        ['zstd', zstdCompressSync],
      ])('decodes %s, and leaves it alone when told so', async (encoding, compress) => {
        const packed = compress(Buffer.from('hello'));
        answer({ headers: { 'content-encoding': encoding }, body: packed });
        expect((await ask()).text()).toBe('hello');
        expect(Buffer.from((await ask({ decompress: false })).bytes())).toEqual(packed);
      });

      it.each([
        ['gzip', gzipSync],
        ['br', brotliCompressSync],
      ])('stops a %s bomb', async (encoding, compress) => {
        answer({ headers: { 'content-encoding': encoding }, body: compress(Buffer.alloc(5_000_000)) });
        await failsWith(ask({ maxBytes: 100_000 }), 'TOO_LARGE');
      });

      it('stops a body beyond the limit, announced or not, and takes one at the limit', async () => {
        answer(
          { body: 'x'.repeat(1000) },
          { body: 'x'.repeat(1000), headers: { 'transfer-encoding': 'chunked' } },
          { body: 'x'.repeat(999) },
        );
        await failsWith(ask({ maxBytes: 999 }), 'TOO_LARGE');
        await failsWith(ask({ maxBytes: 999 }), 'TOO_LARGE');
        expect((await ask({ maxBytes: 999 })).bytes()).toHaveLength(999);
      });

      it('stops a head beyond the limit', async () => {
        answer({ headers: { 'x-long': 'x'.repeat(100_000) } });
        await failsWith(ask(), 'TOO_LARGE');
      });

      it('never takes part of a body for the whole', async () => {
        for (const headers of [{}, { 'transfer-encoding': 'chunked' }, { 'content-encoding': 'gzip' }]) {
          const body = 'content-encoding' in headers ? gzipSync('hello') : 'hello';
          answer({ body, headers, cutAfter: 3 });
          await failsWith(ask(), 'UNREACHABLE');
        }
      });

      it('says that a compressed body that is cut short or broken inside cannot be decoded', async () => {
        const packed = gzipSync('hello '.repeat(100));
        answer(
          { headers: { 'content-encoding': 'gzip' }, body: packed.subarray(0, -9) },
          { headers: { 'content-encoding': 'gzip' }, body: 'hello' },
        );
        await failsWith(ask(), 'MALFORMED');
        await failsWith(ask(), 'MALFORMED');
        answer({ headers: { 'content-encoding': 'compress' }, body: 'hello' });
        await failsWith(ask(), 'MALFORMED');
        await server.idle();
      });

      it.each(statuses.filter(([status]) => status !== 304 || !options.validators))(
        'answers %i with %s',
        async (status, code) => {
          answer({ status, body: 'no' });
          await failsWith(ask(), code);
        },
      );

      it('gives a status that was asked for', async () => {
        answer({ status: 404, body: 'gone', headers: { 'x-why': 'moved' } });
        expect(await ask({ accept: [404] })).toMatchObject({ status: 404, headers: { 'x-why': 'moved' } });
        expect((await ask({ accept: [404] })).text()).toBe('gone');
        answer({ status: 302, headers: { location: '/other' } });
        expect(await ask({ accept: [302] })).toMatchObject({ status: 302, headers: { location: '/other' } });
      });

      it('follows redirects, and stops where they do not end', async () => {
        answer({ status: 301, headers: { location: '/there' } });
        server.answer('/there', { body: 'there' });
        expect(await ask()).toMatchObject({ status: 200, url: `${server.origin}/there` });
        answer({ status: 302, headers: { location: '/it' } });
        await failsWith(ask(), 'MALFORMED');
        answer({ status: 302, headers: { location: 'file:///etc/passwd' } });
        await failsWith(ask(), 'MALFORMED');
      });

      it('is ended by its time limit, before the head and in the body', async () => {
        answer({ silent: true });
        await failsWith(ask({ timeoutMs: 30 }), 'TIMEOUT');
        answer({ body: 'hello', holdBody: new Promise(() => {}) });
        await failsWith(ask({ timeoutMs: 30 }), 'TIMEOUT');
        await server.idle();
      });

      it('is ended by its call: before, while it waits for the head, and in the body', async () => {
        for (const script of [{ silent: true }, { body: 'hello', holdBody: new Promise(() => {}) }]) {
          calling = new AbortController();
          open();
          answer(script);
          const before = server.requests.length;
          const asked = ask();
          await server.received(before + 1);
          calling.abort(new Error('not wanted any more'));
          await expect(asked).rejects.toThrow('not wanted any more');
          await server.idle();
          await expect(ask()).rejects.toThrow('not wanted any more');
          expect(server.requests).toHaveLength(before + 1);
        }
      });

      it('sends credentials to their origin, and not along a redirect to another', async () => {
        answer({ body: 'mine' }, { status: 302, headers: { location: `${other.origin}/it` } });
        other.answer('/it', { body: 'theirs' });
        const known = http.withCredentials(server.origin, credentials);
        await ask({}, known);
        expect((await ask({}, known)).text()).toBe('theirs');
        await known.request(`${other.origin}/it`, options);
        expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(
          Array(server.requests.length).fill(`Bearer ${secret}`),
        );
        expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
      });

      it('sends credentials to the origins that the operator trusts, redirected or not, and back again', async () => {
        await client.close();
        open({ trust: [other.origin] });
        answer({ status: 302, headers: { location: `${other.origin}/it` } });
        other.answer('/it', { status: 307, headers: { location: `${server.origin}/end` } });
        server.answer('/end', { body: 'end' });
        const known = http.withCredentials(server.origin, { username: 'u', password: new Secret(secret) });
        expect((await ask({}, known)).text()).toBe('end');
        const basic = `Basic ${Buffer.from(`u:${secret}`).toString('base64')}`;
        expect(
          new Set([...server.requests, ...other.requests].map(({ headers }) => headers.authorization)),
        ).toEqual(new Set([basic]));
      });

      it('takes the headers that the plugin set along a redirect, and to another origin only those that everybody may have', async () => {
        answer({ status: 302, headers: { location: '/next' } });
        server.answer('/next', { status: 302, headers: { location: `${other.origin}/it` } });
        other.answer('/it', {});
        await ask({ headers: { accept: 'text/x', 'x-api-key': 'for one server' } });
        expect(server.requests.at(-1)?.headers).toMatchObject({
          accept: 'text/x',
          'x-api-key': 'for one server',
        });
        expect(other.requests[0]?.headers).toMatchObject({ accept: 'text/x' });
        expect(other.requests[0]?.headers).not.toHaveProperty('x-api-key');
      });

      it('tells no secret and no query in errors and logs', async () => {
        const known = http.withCredentials(server.origin, credentials);
        answer({ status: 503 }, { status: 401 });
        const failed: unknown = await known
          .request(`${server.origin}/it?sig=${secret}`, options)
          .catch((thrown: unknown) => thrown);
        expect(String(failed)).toContain(`${server.origin}/it answered 401`);
        answer({ cutAfter: 0, body: 'x' });
        const cut: unknown = await known
          .request(`${server.origin}/it?sig=${secret}`, options)
          .catch((thrown: unknown) => thrown);
        expect(said).not.toEqual([]);
        for (const shown of [failed, cut, ...said]) expect(showAll(shown)).not.toContain(secret);
      });

      it('refuses headers that carry credentials, URLs with user info, and other protocols, before anything is sent', async () => {
        for (const header of ['authorization', 'Cookie', 'proxy-authorization']) {
          await failsWith(ask({ headers: { [header]: secret } }), 'PLUGIN_FAILED');
        }
        await failsWith(ask({ headers: { 'x-y': 'a\r\nb: c' } }), 'PLUGIN_FAILED');
        await failsWith(http.request(server.origin.replace('//', '//u:p@'), options), 'CONFIG_INVALID');
        await failsWith(http.request('file:///etc/passwd', options), 'PLUGIN_FAILED');
        await failsWith(http.request('/relative', options), 'PLUGIN_FAILED');
        expect(server.requests).toEqual([]);
      });

      it.each(['169.254.169.254', '[::ffff:169.254.169.254]', '[fd00:ec2::254]', 'metadata.google.internal'])(
        'never goes to %s, asked or redirected',
        async (host) => {
          await failsWith(http.request(`http://${host}/latest/meta-data`, options), 'FORBIDDEN');
          answer({ status: 302, headers: { location: `http://${host}/latest/meta-data` } });
          await failsWith(ask(), 'FORBIDDEN');
        },
      );

      it('is repeated after an answer that may get better', async () => {
        answer({ status: 500 }, { cutAfter: 0, body: 'x' }, { body: 'well' });
        expect((await ask()).text()).toBe('well');
        expect(server.requests).toHaveLength(3);
      });

      it('hands on how long the server asks to be left alone', async () => {
        answer({ status: 429, headers: { 'retry-after': '7200' } });
        await expect(ask()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 3_600_000 });
        answer({ status: 503, headers: { 'retry-after': '120' } });
        await expect(ask()).rejects.toMatchObject({ code: 'UNREACHABLE', retryAfterMs: 120_000 });
      });
    });

    it('says that nothing has changed, with the validators that held', async () => {
      server.answer('/it', ({ headers }) =>
        headers['if-none-match'] === '"1"' && headers['if-modified-since'] === 'then'
          ? { status: 304 }
          : { status: 500 },
      );
      const validators = { etag: '"1"', lastModified: 'then' };
      expect(await http.request(`${server.origin}/it`, { validators })).toMatchObject({
        status: 304,
        notModified: true,
        validators,
      });
    });

    it('says in words that an HTML page came instead of JSON', async () => {
      server.answer('/it', { body: '<!doctype html><title>Log in</title>' });
      const page = await http.request(`${server.origin}/it`);
      expect(() => page.json()).toThrow(
        expect.objectContaining({ code: 'MALFORMED', message: expect.stringContaining('login page') }),
      );
    });

    it('sends bodies, and repeats only what may be repeated', async () => {
      server.answer('/it', { status: 503 });
      await failsWith(http.request(`${server.origin}/it`, { method: 'POST', body: 'hello' }), 'UNREACHABLE');
      expect(server.requests).toMatchObject([{ method: 'POST', body: 'hello' }]);
      server.answer('/head', { headers: { 'x-a': 'b', 'content-length': '999' } });
      expect(await http.request(`${server.origin}/head`, { method: 'HEAD', maxBytes: 10 })).toMatchObject({
        headers: { 'x-a': 'b' },
      });
    });

    it('bounds the requests in flight with one host', async () => {
      await client.close();
      open({ concurrencyPerHost: 3 });
      const held = Promise.withResolvers<void>();
      server.answer('/it', { hold: held.promise });
      const asked = Array.from({ length: 10 }, (_, index) =>
        http.request(`${server.origin}/it`, ways[index % 2]?.[1]),
      );
      await server.received(3);
      held.resolve();
      await Promise.all(asked);
      expect(server.requests).toHaveLength(10);
      expect(server.peak).toBe(3);
    });

    describe('a stream', () => {
      it('gives the head, then the body, decoded', async () => {
        const half = Promise.withResolvers<void>();
        server.answer('/it', {
          body: gzipSync('hello'),
          headers: { 'content-encoding': 'gzip', 'x-a': 'b' },
          holdBody: half.promise,
        });
        const { body, ...head } = await http.stream(`${server.origin}/it`);
        expect(head).toMatchObject({ status: 200, headers: { 'x-a': 'b' } });
        half.resolve();
        expect(await text(body)).toBe('hello');
      });

      it('ends with an error where the body is cut, too large, too slow, or not wanted any more', async () => {
        const read = async (path: string, options?: RequestOptions) =>
          buffer((await http.stream(server.origin + path, options)).body);
        server.answer('/cut', { body: 'hello', cutAfter: 2 });
        await failsWith(read('/cut'), 'UNREACHABLE');
        server.answer('/large', {
          body: gzipSync(Buffer.alloc(1_000_000)),
          headers: { 'content-encoding': 'gzip' },
        });
        await failsWith(read('/large', { maxBytes: 10_000 }), 'TOO_LARGE');
        server.answer('/slow', { body: 'hello', holdBody: new Promise(() => {}) });
        await failsWith(read('/slow', { timeoutMs: 100 }), 'TIMEOUT');
        const { body } = await http.stream(`${server.origin}/slow`);
        server.answer('/it', { body: 'hello' });
        const { body: arrived } = await http.stream(`${server.origin}/it`);
        calling.abort(new Error('not wanted any more'));
        for (const ended of [body, arrived])
          await expect(buffer(ended)).rejects.toThrow('not wanted any more');
        await server.idle();
      });

      it('lets go of the connection when its body is destroyed', async () => {
        server.answer('/it', { body: 'hello', holdBody: new Promise(() => {}) });
        const { body } = await http.stream(`${server.origin}/it`);
        body.destroy();
        await server.idle();
      });

      it('fails as a request does where there is no body to give', async () => {
        server.answer('/it', { status: 401 });
        await failsWith(http.stream(`${server.origin}/it`), 'UNAUTHORIZED');
      });
    });

    it('ends what is in flight when it is closed, and asks nothing afterwards', async () => {
      server.answer('/it', { silent: true });
      const asked = failsWith(http.request(`${server.origin}/it`), 'PLUGIN_FAILED');
      await server.received(1);
      await client.close();
      await asked;
      await failsWith(http.request(`${server.origin}/it`), 'PLUGIN_FAILED');
      await server.idle();
    });
  });
}

/** Everything that a careless logger would print of a value. */
function showAll(value: unknown): string {
  const seen = new Set<unknown>();
  const words: string[] = [];
  const walk = (one: unknown) => {
    if (typeof one !== 'object' || one === null) words.push(String(one));
    else if (!seen.has(one)) {
      seen.add(one);
      for (const key of Reflect.ownKeys(one)) walk(Reflect.get(one, key));
    }
  };
  walk(value);
  return words.join('\n');
}
