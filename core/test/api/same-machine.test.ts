import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError, apiErrors } from '../../src/api/api-error.ts';
import { requireOwnOrigin, requireSameMachine } from '../../src/api/same-machine.ts';

let server: FastifyInstance;
beforeAll(() => {
  server = fastify();
  server.addHook('onRequest', async (request) => {
    requireSameMachine(request);
    requireOwnOrigin(request, 'https://sluice.example.com/');
  });
  server.setErrorHandler((error, _, reply) =>
    reply.status(error instanceof ApiError ? apiErrors[error.code].status : 500).send(String(error)),
  );
  server.all('/', async () => 'ok');
});
afterAll(() => server.close());

const ask = async (method: 'GET' | 'POST', headers: Record<string, string>) =>
  (await server.inject({ method, url: '/', headers, ...(method === 'POST' && { payload: '{}' }) }))
    .statusCode;
const askFrom = async (remoteAddress: string) =>
  (await server.inject({ method: 'GET', url: '/', headers: { host: 'localhost' }, remoteAddress }))
    .statusCode;
const json = { 'content-type': 'application/json' };

describe('a server without access rules', () => {
  it.each(['127.0.0.1:8153', '127.8.9.1', 'localhost:8153', '[::1]:8153', 'LOCALHOST'])(
    'answers to the Host %s',
    async (host) => {
      expect(await ask('GET', { host })).toBe(200);
    },
  );

  it.each([
    'sluice.example.com',
    '127.0.0.1.example.com',
    '192.168.1.4:8153',
    '[2001:db8::1]',
    'localhost.evil.example',
  ])('does not answer to the Host %s', async (host) => {
    expect(await ask('GET', { host })).toBe(403);
  });

  it.each(['Forwarded', 'X-Forwarded-For', 'x-forwarded-host', 'X-FORWARDED-PROTO'])(
    'takes nothing with %s',
    async (header) => {
      expect(await ask('GET', { host: 'localhost', [header]: 'x' })).toBe(403);
    },
  );
});

describe('a server that lost its access rules while it listens elsewhere', () => {
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])('answers %s', async (address) => {
    expect(await askFrom(address)).toBe(200);
  });

  it.each(['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1'])(
    'does not answer %s, whatever the Host',
    async (address) => {
      expect(await askFrom(address)).toBe(403);
    },
  );
});

describe('what changes something', () => {
  const host = 'localhost:8153';

  it('is taken as JSON, from our own origin or from no page', async () => {
    expect(await ask('POST', { host, ...json })).toBe(200);
    expect(await ask('POST', { host, 'content-type': 'application/json; charset=utf-8' })).toBe(200);
    expect(await ask('POST', { host, ...json, origin: 'http://localhost:8153' })).toBe(200);
  });

  it('is taken from the origin of server.url', async () => {
    expect(await ask('POST', { host, ...json, origin: 'https://sluice.example.com' })).toBe(200);
  });

  it.each([
    'http://evil.example',
    'http://sluice.example.com',
    'https://sluice.example.com:8443',
    'http://localhost:1',
    'null',
  ])('is refused to a page of %s', async (origin) => {
    expect(await ask('POST', { host, ...json, origin })).toBe(403);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
  ])('is refused as %s', async (type) => {
    expect(await ask('POST', { host, 'content-type': type })).toBe(415);
  });
});
