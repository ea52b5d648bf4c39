import { expect, it } from 'vitest';
import { openHouse } from '../house.ts';

it.each([
  ['/pipelines/build?show=all', '/pipelines/build?show=all'],
  ['//evil.example.com', '/'],
  ['/\\evil.example.com', '/'],
  ['/\t/evil.example.com', '/'],
  ['/%2F/evil.example.com', '/'],
  ['https://evil.example.com/', '/'],
])('whoever signs in with back=%j comes to %s', async (back, location) => {
  const { ask } = await openHouse({ people: { alice: ['admin'] } });
  const page = await ask(`/sign-in?back=${encodeURIComponent(back)}`);
  const csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const cookie = page.headers.getSetCookie().map((one) => one.split(';')[0]);
  const answer = await ask('/sign-in', undefined, {
    method: 'POST',
    body: new URLSearchParams({ _csrf: csrf, token: 'alice', to: back }),
    headers: { cookie: cookie.join('; ') },
  });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, location]);
});

it('the proof of a form may come several times, as who sends all forms of a page sends it', async () => {
  const { ask } = await openHouse({ people: { alice: ['admin'] } });
  const page = await ask('/sign-in');
  const csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const cookie = page.headers.getSetCookie().map((one) => one.split(';')[0]);
  const send = async (...proofs: readonly string[]) => {
    const body = new URLSearchParams({ token: 'alice' });
    for (const proof of proofs) body.append('_csrf', proof);
    const answer = await ask('/sign-in', undefined, {
      method: 'POST',
      body,
      headers: { cookie: cookie.join('; ') },
    });
    return answer.status;
  };
  expect([await send(csrf, csrf), await send('wrong', csrf), await send()]).toEqual([303, 403, 403]);
});

it('the page to sign in is there whatever it is asked to lead back to', async () => {
  const { ask } = await openHouse({ people: { alice: ['admin'] } });
  expect((await ask('/sign-in?back=/a&back=/b')).status).toBe(200);
});
