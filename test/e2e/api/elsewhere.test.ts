import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiStory, beginApiStory, hookSecret } from '../../support/api-story.ts';
import { describeStores, type StorePlace } from '../../support/stores.ts';

describeStores('without access:, who asks from elsewhere', (placeStore) => {
  let at: StorePlace;
  let story: ApiStory;
  beforeAll(async () => {
    at = await placeStore();
    story = await beginApiStory(at.url);
  });
  afterAll(async () => {
    await story?.end();
    await at?.remove();
  });

  /** With headers that a browser, and fetch, would not let anybody set. */
  async function send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body = '',
  ): Promise<number | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const sent = request(story.server.url + path, { method, headers }, (answer) => {
      text(answer).then(() => resolve(answer.statusCode), reject);
    });
    sent.on('error', reject).end(body);
    return promise;
  }

  const json = { 'content-type': 'application/json' };
  const poll = '/api/v1/repositories/shop/poll';

  it.each([
    ['a foreign Host', { host: 'sluice.example.com' }],
    ['a foreign Host with our port', { host: 'rebound.example.com:8153' }],
    ['X-Forwarded-For', { 'x-forwarded-for': '10.0.0.1' }],
    ['X-Forwarded-Host', { 'x-forwarded-host': 'localhost' }],
    ['Forwarded', { forwarded: 'for=10.0.0.1' }],
  ])('with %s gets nothing, changes nothing', async (_, headers) => {
    for (const path of [
      '/',
      '/metrics',
      '/api/v1/repositories',
      '/api/v1/events',
      '/api/v1/openapi.json',
      '/nothing',
    ]) {
      expect(await send('GET', path, headers)).toBe(403);
    }
    expect(await send('POST', poll, { ...json, ...headers }, '{}')).toBe(403);
    expect(await send('POST', '/api/v1/hooks/shop', { ...headers, 'x-sluice-token': hookSecret })).toBe(403);
  });

  it.each([
    ['an Origin of elsewhere', { ...json, origin: 'https://evil.example.com' }, 403],
    ['an Origin of nowhere', { ...json, origin: 'null' }, 403],
    ['an Origin of another port', { ...json, origin: 'http://127.0.0.1:1' }, 403],
    ['text', { 'content-type': 'text/plain' }, 415],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['no content type', {}, 415],
  ])('with %s changes nothing', async (_, headers, status) => {
    expect(await send('POST', poll, headers, '{}')).toBe(status);
    expect(await send('POST', '/api/v1/pipelines/build/runs', headers, '{}')).toBe(status);
  });

  it('may be a page of this very server', async () => {
    expect(await send('POST', poll, { ...json, origin: story.server.url }, '{}')).toBe(202);
  });

  it('is given no permission by CORS', async () => {
    const answer = await fetch(story.server.url + poll, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example.com' },
    });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('is not who asks from here: they may do everything, and have no name', async () => {
    expect(await story.ask('/api/v1/me')).toMatchObject({
      status: 200,
      body: { name: 'anonymous', roles: ['admin'] },
    });
    expect(await story.post('/api/v1/pipelines/build/pause', { comment: 'lunch' })).toMatchObject({
      status: 200,
    });
    expect(await story.ask('/api/v1/audit?subject=build')).toMatchObject({
      body: { items: [{ actor: 'anonymous', action: 'pause', subject: 'build', from: '127.0.0.1' }] },
    });
  });
});
