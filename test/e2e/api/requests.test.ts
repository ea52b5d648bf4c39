import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiStory, beginApiStory, type List } from '../../support/api-story.ts';
import { pollNow } from '../../support/story.ts';
import { until } from '../../support/until.ts';

const refusal = (code: string, message: RegExp = /./) => ({
  error: expect.objectContaining({ code, message: expect.stringMatching(message) }),
});
interface Run {
  readonly counter: number;
  readonly status: string;
  readonly stages: readonly { readonly name: string; readonly status: string }[];
}
async function untilEnded(counter: number): Promise<Run> {
  return until(async () => {
    const { body } = await story.ask<Run>(`/api/v1/pipelines/build/runs/${counter}`);
    return ['passed', 'failed'].includes(body.status) && body;
  });
}

let story: ApiStory;
beforeAll(async () => {
  story = await beginApiStory();
});
afterAll(() => story?.end());

describe('what the API refuses', () => {
  it.each([
    ['GET', '/api/v1/nothing'],
    ['GET', '/api/v1/repositories/nope'],
    ['GET', '/api/v1/repositories/nope/polls'],
    ['GET', '/api/v1/repositories/shop/packages/nope/revisions'],
    ['GET', '/api/v1/repositories/nope/packages/it/revisions'],
    ['POST', '/api/v1/repositories/nope/poll'],
    ['POST', '/api/v1/hooks/nope'],
    ['POST', '/api/v1/hooks/markup'],
    ['GET', '/api/v1/pipelines/nope'],
    ['GET', '/api/v1/pipelines/nope/runs'],
    ['GET', '/api/v1/pipelines/nope/decisions'],
    ['POST', '/api/v1/pipelines/nope/runs'],
    ['GET', '/api/v1/pipelines/nope/runs/1'],
    ['GET', '/api/v1/pipelines/build/runs/99'],
    ['GET', '/api/v1/pipelines/build/runs/1/stages/nope/jobs/print/log'],
    ['GET', '/api/v1/pipelines/build/runs/1/stages/make/jobs/nope/log'],
    ['GET', '/api/v1/pipelines/build/runs/99/stages/make/jobs/print/log'],
    ['DELETE', '/api/v1/pipelines/build'],
  ])('%s %s: 404', async (method, path) => {
    const headers = { 'content-type': 'application/json' };
    const { status, body } = await story.ask(path, {
      method,
      ...(method !== 'GET' && { headers, body: '{}' }),
    });
    expect({ status, body }).toEqual({ status: 404, body: refusal('NOT_FOUND') });
  });

  it('waiting for the poll of a repository that is not there: 404', async () => {
    const { status, body } = await story.post('/api/v1/repositories/nope/poll', { wait: true });
    expect({ status, body }).toEqual({ status: 404, body: refusal('NOT_FOUND', /nope/) });
  });

  it.each([
    ['a limit of nothing', '/api/v1/pipelines/build/runs?limit=0'],
    ['a limit without end', '/api/v1/pipelines/build/runs?limit=501'],
    ['a limit that is no number', '/api/v1/repositories/shop/polls?limit=many'],
    ['a place before the beginning', '/api/v1/pipelines/build/decisions?after=-1'],
    ['an unknown parameter', '/api/v1/pipelines/build/runs?sort=label'],
    ['a counter that is no number', '/api/v1/pipelines/build/runs/first'],
    ['an address that is none', '/api/v1/pipelines/%zz'],
  ])('%s: 400', async (_, path) => {
    expect(await story.ask(path)).toMatchObject({ status: 400, body: refusal('BAD_REQUEST') });
  });

  it.each([
    ['no JSON', '{"poll":'],
    ['no object', '[]'],
    ['an unknown key', '{"pol":false}'],
    ['a version that is a number', '{"materials":{"shop/it":{}}}'],
    ['a prototype', '{"__proto__":{"poll":false}}'],
  ])('a body that is %s: 400', async (_, body) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    expect(await story.ask('/api/v1/pipelines/build/runs', init)).toMatchObject({
      status: 400,
      body: refusal('BAD_REQUEST'),
    });
  });

  it('a body that is too large: 413', async () => {
    const { status, body } = await story.post('/api/v1/pipelines/build/runs', {
      environment: { TARGET: 'x'.repeat(2 ** 20) },
    });
    expect({ status, body }).toEqual({ status: 413, body: refusal('TOO_LARGE') });
  });
});

describe('a trigger', () => {
  it('starts a run with the chosen version and environment, and answers it', async () => {
    const body = { materials: { 'shop/it': '1.0.0' }, environment: { TARGET: 'broken' }, poll: false };
    const answer = await story.post<Run>('/api/v1/pipelines/build/runs', body);
    expect(answer).toMatchObject({
      status: 201,
      body: {
        pipeline: 'build',
        cause: 'triggered by hand',
        materials: [{ version: '1.0.0', changed: true }],
      },
    });
    expect(await untilEnded(answer.body.counter)).toMatchObject({
      status: 'failed',
      stages: [
        { name: 'make', status: 'passed' },
        { name: 'ship', status: 'failed', jobs: [{ status: 'failed', exitCode: 3 }] },
      ],
    });
    const log = await fetch(
      `${story.server.url}/api/v1/pipelines/build/runs/${answer.body.counter}/stages/make/jobs/print/log`,
    );
    expect(await log.text()).toBe('broken 1.0.0\n');
  });

  it('polls first unless told otherwise, and takes the newest; without a body too', async () => {
    const asked = story.shop.asks.length;
    const headers = { 'content-type': 'application/json' };
    const { status, body } = await story.ask<Run>('/api/v1/pipelines/build/runs', {
      method: 'POST',
      headers,
    });
    expect({ status, body }).toMatchObject({ status: 201, body: { materials: [{ version: '2.0.0' }] } });
    expect(story.shop.asks.length).toBe(asked + 1);
    expect((await untilEnded(body.counter)).status).toBe('passed');
  });

  it.each([
    ['a variable that the pipeline does not declare', { environment: { OTHER: '1' } }, /OTHER.*environment/],
    ['a variable that nobody may set', { environment: { GO_PIPELINE_NAME: 'x' } }, /GO_PIPELINE_NAME/],
    ['a version that nobody has seen', { materials: { 'shop/it': '9.9.9' } }, /9\.9\.9.*not in the ledger/],
    ['a material that it does not have', { materials: { 'shop/other': '1.0.0' } }, /shop\/other.*shop\/it/],
    ['a version that is none', { materials: { 'shop/it': '../1' } }, /not in the ledger/],
  ])('with %s is refused, in words', async (_, body, message) => {
    const { status, body: answer } = await story.post('/api/v1/pipelines/build/runs', {
      ...body,
      poll: false,
    });
    expect({ status, answer }).toEqual({ status: 422, answer: refusal('REFUSED', message) });
  });

  it('is refused where the repository cannot be polled first, and says how to do without', async () => {
    const { status, body } = await story.post('/api/v1/pipelines/odd/runs', {});
    expect({ status, body }).toEqual({
      status: 502,
      body: refusal('POLL_FAILED', /markup .*MALFORMED.*"poll": false/),
    });
    expect(await story.post('/api/v1/pipelines/odd/runs', { poll: false })).toMatchObject({
      status: 422,
      body: refusal('REFUSED', /no version/),
    });
  });
});

describe('a republished version', () => {
  const path = '/api/v1/repositories/shop/packages/it/revisions/2.0.0/acknowledge';
  const sha1 = 'a'.repeat(40);

  it('waits until somebody acknowledges that very digest, with a comment', async () => {
    const dist = {
      tarball: `${story.shop.url}other.tgz`,
      integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}`,
      shasum: sha1,
    };
    story.shop.publish('2.0.0', { dist });
    await pollNow(story.server, 'shop');
    const digest = `sha512:${'01'.repeat(64)}`;
    const newest = async () =>
      (await story.ask<List<unknown>>('/api/v1/repositories/shop/packages/it/revisions?limit=1')).body
        .items[0];
    expect(await newest()).toMatchObject({ state: 'republished', digest });

    expect(await story.post(path, { digest })).toMatchObject({
      status: 400,
      body: refusal('BAD_REQUEST', /comment/),
    });
    expect(await story.post(path, { digest: `sha1:${sha1}`, comment: 'no' })).toMatchObject({
      status: 409,
      body: refusal('CONFLICT'),
    });
    expect(await story.post(path.replace('2.0.0', '9.9.9'), { digest, comment: 'no' })).toMatchObject({
      status: 404,
    });
    expect(await story.post(path, { digest, comment: 'the build was repeated' })).toMatchObject({
      status: 200,
      body: { acknowledged: true },
    });
    expect(await newest()).toMatchObject({ state: 'published', digest });
    expect(await story.post(path, { digest, comment: 'again' })).toMatchObject({ status: 409 });
  });
});
