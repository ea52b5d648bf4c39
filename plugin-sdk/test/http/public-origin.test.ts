import nock from 'nock';
import { afterEach, expect, it } from 'vitest';
import { createHttp } from '../../src/http/index.ts';
import { Secret } from '../../src/index.ts';

// Hosts with names and default ports, which loopback does not have.
const registry = 'https://registry.example.com';
const bearer = new Secret('a-token-of-the-registry');

afterEach(() => nock.cleanAll());

it('proves itself to an origin whose default port is left out, and not to a host of a like name', async () => {
  nock(registry)
    .get('/left-pad')
    .matchHeader('authorization', `Bearer ${bearer.reveal()}`)
    .reply(302, undefined, {
      location: 'https://registry.example.com.evil.test/left-pad',
    });
  nock('https://registry.example.com.evil.test', { badheaders: ['authorization'] })
    .get('/left-pad')
    .reply(200, '{}');
  const client = createHttp();
  const call = client.forCall({
    signal: AbortSignal.timeout(10_000),
    log: { debug() {}, info() {}, warn() {} },
  });
  const answer = await call.withCredentials(`${registry}:443/`, { bearer }).request(`${registry}/left-pad`);
  expect(answer).toMatchObject({ status: 200, url: 'https://registry.example.com.evil.test/left-pad' });
  expect(nock.isDone()).toBe(true);
  await client.close();
});
