import { expect, it } from 'vitest';
import { openHouse } from './house.ts';

interface Operation {
  readonly 'x-needs': string;
  readonly requestBody?: {
    readonly content: {
      readonly 'application/json': { readonly schema: { readonly type: string | readonly string[] } };
    };
  };
}

it('a POST with a bearer token needs neither a body nor a content type, wherever there is nothing that has to be said', async () => {
  const { ask } = await openHouse({ people: { alice: ['admin'] } });
  const document = (await (await ask('/api/v1/openapi.json', 'alice')).json()) as {
    readonly paths: Readonly<Record<string, { readonly post?: Operation }>>;
  };
  const posts = Object.entries(document.paths).filter(
    ([, { post }]) => post && post['x-needs'] !== 'nothing',
  );
  expect(posts.length).toBeGreaterThan(10);
  for (const [path, { post }] of posts) {
    const mustSpeak = post?.requestBody?.content['application/json'].schema.type === 'object';
    const url = path.replaceAll(/\{[^}]*\}/g, '1');
    for (const headers of [
      {},
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'application/json' },
    ]) {
      const { status } = await ask(url, 'alice', { method: 'POST', headers });
      const isMisunderstood = status === 400 || status === 415;
      expect({ path, headers, status, isMisunderstood }).toEqual({
        path,
        headers,
        status,
        isMisunderstood: mustSpeak,
      });
    }
  }
});

it.each([
  ['text', 'text/plain', '{}'],
  ['a form', 'application/x-www-form-urlencoded', 'comment=lunch'],
])('a body that is %s is refused, and what to send is said', async (_, type, body) => {
  const { ask } = await openHouse({ people: { alice: ['admin'] } });
  const answer = await ask('/api/v1/repositories/npmjs/poll', 'alice', {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
  expect(answer.status).toBe(415);
  expect(await answer.text()).toContain('application/json');
});

it.each([
  ['a cookie', { cookie: 'sluice-session=alice' }, 415],
  [
    'a cookie, beside a header that is no token',
    { cookie: 'sluice-session=alice', authorization: 'Basic eA==' },
    415,
  ],
  [
    'a token, from a page of elsewhere',
    { authorization: 'Bearer alice', origin: 'https://evil.example.com' },
    403,
  ],
])('who is known by %s has to send JSON from our own origin', async (_, headers, status) => {
  const { ask } = await openHouse({ people: { alice: ['admin'] } });
  expect((await ask('/api/v1/repositories/npmjs/poll', undefined, { method: 'POST', headers })).status).toBe(
    status,
  );
});
