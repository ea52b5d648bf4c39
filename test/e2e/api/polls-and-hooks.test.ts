import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiStory, beginApiStory, hookSecret } from '../../support/api-story.ts';
import { pollNow } from '../../support/story.ts';
import { until } from '../../support/until.ts';

const refusal = (code: string, message: RegExp = /./) => ({
  error: { code, message: expect.stringMatching(message) },
});

let story: ApiStory;
beforeAll(async () => {
  story = await beginApiStory();
});
afterAll(() => story?.end());

describe('a poll that is asked for', () => {
  it('is 202 at once, or is waited for', async () => {
    expect(await story.post('/api/v1/repositories/shop/poll', {})).toMatchObject({
      status: 202,
      body: { requested: true },
    });
    const before = story.shop.asks.length;
    const { status, body } = await story.post('/api/v1/repositories/shop/poll', { wait: true });
    expect({ status, body }).toMatchObject({ status: 200, body: { name: 'shop', status: 'ok' } });
    expect(story.shop.asks.length).toBeGreaterThan(before);
  });

  it.each([
    ['by a person', () => story.post('/api/v1/repositories/shop/poll', {})],
    ['by a hook', () => story.post('/api/v1/hooks/shop', {}, { 'x-sluice-token': hookSecret })],
  ])(
    '%s during a poll causes one more straight after, however often it is asked for',
    async (_, askForPoll) => {
      const held = Promise.withResolvers<void>();
      story.shop.spoil((document) => ({ body: document, hold: held.promise }));
      const before = story.shop.asks.length;
      await story.post('/api/v1/repositories/shop/poll', {});
      await until(() => story.shop.asks.length === before + 1);
      for (let times = 0; times < 3; times++) expect((await askForPoll()).status).toBe(202);
      story.shop.spoil();
      held.resolve();
      await until(() => story.shop.asks.length === before + 2);
      await pollNow(story.server, 'shop');
      expect(story.shop.asks.length).toBe(before + 3);
    },
  );
});

describe('a hook', () => {
  const body = '{"event":"package:publish","name":"<script>"}';
  const sign = (algorithm: string, secret = hookSecret) =>
    createHmac(algorithm, secret).update(body).digest('hex');
  const send = (headers: Readonly<Record<string, string>>) =>
    story.ask('/api/v1/hooks/shop', {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain', ...headers },
    });

  it.each([
    ['X-Sluice-Token', { 'x-sluice-token': hookSecret }],
    ['Authorization: Bearer', { authorization: `Bearer ${hookSecret}` }],
    ['X-JFrog-Event-Auth', { 'x-jfrog-event-auth': hookSecret }],
    ['X-Hub-Signature-256', { 'x-hub-signature-256': `sha256=${sign('sha256')}` }],
    ['X-Npm-Signature', { 'x-npm-signature': `sha256=${sign('sha256')}` }],
    ['X-Nexus-Webhook-Signature', { 'x-nexus-webhook-signature': sign('sha1') }],
  ])('that proves itself by %s causes a poll, whatever its body and content type', async (_, headers) => {
    const before = story.shop.asks.length;
    expect(await send(headers)).toMatchObject({ status: 202, body: { requested: true } });
    await until(() => story.shop.asks.length > before);
  });

  it.each([
    ['nothing', {}],
    ['another secret', { 'x-sluice-token': 'another' }],
    ['a signature with another secret', { 'x-hub-signature-256': `sha256=${sign('sha256', 'another')}` }],
  ])('that shows %s is 401', async (_, headers) => {
    expect(await send(headers)).toMatchObject({ status: 401, body: refusal('UNAUTHORIZED') });
  });

  it('does not take the secret from the URL', async () => {
    const answer = await story.ask(`/api/v1/hooks/shop?token=${encodeURIComponent(hookSecret)}`, {
      method: 'POST',
      body,
    });
    expect(answer).toMatchObject({ status: 401 });
  });

  it('is limited in rate', async () => {
    const statuses = new Set<number>();
    for (let times = 0; times < 320 && !statuses.has(429); times += 20) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => send({})));
      for (const { status, body: answered } of answers) {
        statuses.add(status);
        if (status === 429) expect(answered).toEqual(refusal('TOO_MANY_REQUESTS', /300/));
      }
    }
    expect(statuses).toEqual(new Set([401, 429]));
    expect((await story.ask('/api/v1/repositories')).status).toBe(200);
  });
});
