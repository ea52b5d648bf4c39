import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type AccessStory,
  type Bearer,
  beginAccessStory,
  confidential,
  hookSecret,
} from '../../support/access-story.ts';
import { readEvents } from '../../support/event-reader.ts';
import { describeStores, type StorePlace } from '../../support/stores.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly needs: string;
}

/** Everything that is told of runs and decisions in pages. */
const pages = [
  ...['/', '/decisions', '/decisions?q=shop%2Fit', '/repositories', '/repositories/shop', '/configuration'],
  ...['', '/board', '/value-stream?version=1.0.0&show=all'].map(
    (end) => `/repositories/shop/packages/it${end}`,
  ),
  ...['', '/runs/1', '/runs/1/value-stream'].map((end) => `/pipelines/build${end}`),
];

const health = ['/healthz', '/readyz'];
/** Other servers call these, and prove themselves by a secret or a signature instead of a token. */
const proven = ['/api/v1/hooks/{repo}', '/api/v1/hooks/jobs/{name}', '/api/v1/callbacks/{key}'];

/**
 * For each thing that a route may need: a token that has just it, and those that lack it, with the answer.
 */
const expectations: Readonly<
  Record<string, { readonly least: Bearer; readonly lacking: Partial<Record<Bearer, 403 | 404>> }>
> = {
  token: { least: 'qa', lacking: {} },
  viewer: { least: 'viewer', lacking: { qa: 403 } },
  operator: { least: 'operator', lacking: { qa: 403, viewer: 403 } },
  admin: { least: 'admin', lacking: { qa: 403, viewer: 403, operator: 403, ci: 403 } },
  view: { least: 'viewer', lacking: { qa: 404 } },
  operate: { least: 'operator', lacking: { qa: 404, viewer: 403 } },
};

function fill(path: string, pipeline: string): string {
  const names: Readonly<Record<string, string>> = {
    repo: 'shop',
    pkg: 'it',
    version: '1.0.0',
    pipeline,
    counter: '1',
    other: '1',
    stage: 'one',
    job: 'say',
    level: 'at-acceptance',
  };
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? '1');
}

describeStores('with access:, each route of the OpenAPI document', (placeStore) => {
  let at: StorePlace;
  let story: AccessStory;
  let operations: readonly Operation[];

  beforeAll(async () => {
    at = await placeStore();
    story = await beginAccessStory(at.url);
    const { body } = await story.read('/api/v1/openapi.json', { as: 'admin' });
    const { paths } = body as { paths: Record<string, Record<string, { readonly 'x-needs': string }>> };
    operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        needs: operation['x-needs'],
      })),
    );
  });
  afterAll(async () => {
    await story?.end();
    await at?.remove();
  });

  /** The status alone: a stream of events does not end. */
  async function statusOf(
    { method, path }: Operation,
    as: Bearer | undefined,
    pipeline = 'build',
  ): Promise<number> {
    const answer = await story.ask(fill(path, pipeline), { as, method });
    await answer.body?.cancel();
    return answer.status;
  }

  /** The answers of many routes at once, so that all that is wrong shows. */
  async function statuses(
    of: readonly Operation[],
    as: Bearer | undefined,
    pipeline?: string,
  ): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for (const one of of) found[`${one.method} ${one.path}`] = await statusOf(one, as, pipeline);
    return found;
  }
  const all = (of: readonly Operation[], status: number) =>
    Object.fromEntries(of.map(({ method, path }) => [`${method} ${path}`, status]));

  it('says what it needs', () => {
    expect(operations.length).toBeGreaterThan(20);
    expect(operations.filter(({ needs }) => needs !== 'nothing' && !(needs in expectations))).toEqual([]);
    const open = operations.filter(({ needs }) => needs === 'nothing').map(({ path }) => path);
    expect(open.toSorted()).toEqual([...health, ...proven].toSorted());
  });

  it.each([undefined, 'wrong', 'expired'] as const)(
    'answers 401 to the token "%s", and only health answers more',
    async (as) => {
      const guarded = operations.filter(({ path }) => ![...health, ...proven].includes(path));
      expect(await statuses(guarded, as)).toEqual(all(guarded, 401));
      const refused = await statuses(
        operations.filter(({ path }) => proven.includes(path)),
        as,
      );
      // Without the proof there is no job's hook here, and a callback is not even well-formed.
      expect(Object.values(refused).toSorted()).toEqual([400, 401, 404]);
      const heads = guarded.filter(({ method, path }) => method === 'GET' && !path.endsWith('/events'));
      for (const { path } of heads)
        expect((await story.ask(fill(path, 'build'), { as, method: 'HEAD' })).status).toBe(401);
      for (const path of ['/', '/nothing', '/api/v1/nothing', '/api/v1/pipelines/nothing']) {
        expect((await story.ask(path, { as })).status).toBe(401);
      }
      expect((await story.ask('/api/v1/pipelines', { as })).headers.get('www-authenticate')).toBe(
        'Bearer realm="sluice"',
      );
      expect(await story.read('/healthz', { as })).toEqual({ status: 200, body: { status: 'ok' } });
      expect(await story.read('/readyz', { as })).toEqual({
        status: 200,
        body: { status: 'ready', reasons: [] },
      });
    },
  );

  it.each(Object.keys(expectations))(
    'that needs "%s" is answered to who has just that, and to nobody who has less',
    async (needs) => {
      const of = operations.filter((operation) => operation.needs === needs);
      const { least, lacking } = expectations[needs] ?? { least: 'admin', lacking: {} };
      expect(of.length).toBeGreaterThan(0);
      for (const [bearer, status] of Object.entries(lacking)) {
        expect({ bearer, ...(await statuses(of, bearer as Bearer)) }).toEqual({ bearer, ...all(of, status) });
      }
      const answered = await statuses(of, least);
      expect(Object.entries(answered).filter(([, status]) => status === 401 || status === 403)).toEqual([]);
      const read = Object.entries(answered).filter(([route]) => route.startsWith('GET '));
      expect(read.filter(([, status]) => status !== 200)).toEqual([]);
    },
  );

  it('of a pipeline that is hidden answers 404, as of one that does not exist', async () => {
    const of = operations.filter(({ path }) => path.includes('{pipeline}'));
    for (const bearer of ['viewer', 'operator', 'ci', 'qa'] as const) {
      expect({ bearer, ...(await statuses(of, bearer, confidential)) }).toEqual({ bearer, ...all(of, 404) });
    }
    for (const { path, method } of of) {
      const [hidden, missing] = [confidential, 'missing'].map((pipeline) =>
        story.read(fill(path, pipeline), { as: 'operator', method }).then(({ body }) => JSON.stringify(body)),
      );
      expect((await hidden)?.replaceAll(confidential, 'missing')).toBe(await missing);
    }
  });

  it('of a pipeline whose "operate" names a role is open to that role alone', async () => {
    const of = operations.filter(({ needs }) => needs === 'operate');
    expect(await statuses(of, 'operator', 'acceptance')).toEqual(all(of, 403));
    expect(
      Object.values(await statuses(of, 'qa', 'acceptance')).filter((status) => [401, 403].includes(status)),
    ).toEqual([]);
    const { body } = await story.read('/api/v1/pipelines', { as: 'qa' });
    expect(body).toMatchObject({ items: [{ name: 'acceptance' }] });
  });

  it('shows nothing of a pipeline to those who may not see it, in no list, document or measure', async () => {
    const readable = operations.filter(
      ({ method, needs, path }) => method === 'GET' && needs !== 'admin' && !path.endsWith('/events'),
    );
    const mentions = async (as: Bearer) => {
      const found: string[] = [];
      for (const path of [...readable.map((operation) => operation.path), ...pages]) {
        const answer = await story.ask(fill(path, 'build'), { as });
        expect({ path, status: answer.status }).toEqual({ path, status: 200 });
        if ((await answer.text()).includes(confidential)) found.push(path);
      }
      return found;
    };
    expect(await mentions('viewer')).toEqual([]);
    expect(await mentions('operator')).toEqual([]);
    expect(await mentions('admin')).toEqual(
      expect.arrayContaining([
        '/',
        '/metrics',
        '/api/v1/pipelines',
        '/api/v1/configuration',
        ...pages.slice(6, 9),
      ]),
    );
  });

  it('tells only those events that the reader may see', async () => {
    const read = async (as: Bearer, last: string) => {
      const stream = await story.ask('/api/v1/events?after=0', { as });
      return readEvents(stream, ({ type, subject }) => type === 'pipelinerun.finished' && subject === last);
    };
    const readNewest = async (pipeline: string) => {
      const { body } = await story.read(`/api/v1/pipelines/${pipeline}/runs?limit=1`, { as: 'admin' });
      return (body as { items: readonly { counter: number }[] }).items[0]?.counter;
    };
    const pipelinesIn = (told: Awaited<ReturnType<typeof read>>) => [
      ...new Set(
        told.flatMap(({ data }) => (typeof data['pipeline'] === 'string' ? [data['pipeline']] : [])),
      ),
    ];
    expect(pipelinesIn(await read('admin', `${confidential}/1`))).toContain(confidential);
    await story.publish('1.1.0');
    const told = await read('viewer', `build/${await readNewest('build')}`);
    expect(pipelinesIn(told).toSorted()).toEqual(['acceptance', 'build']);
    expect(told.map(({ type }) => type)).toContain('artifact.published');
    const toldFree = await read('qa', `acceptance/${await readNewest('acceptance')}`);
    expect(toldFree.filter(({ data }) => data['pipeline'] !== 'acceptance')).toEqual([]);
  });

  it('is a hook for whoever knows the secret, token or not', async () => {
    const headers = { 'x-sluice-token': hookSecret };
    expect((await story.ask('/api/v1/hooks/shop', { method: 'POST', headers })).status).toBe(202);
    const asBearer = { authorization: `Bearer ${hookSecret}` };
    expect((await story.ask('/api/v1/hooks/shop', { method: 'POST', headers: asBearer })).status).toBe(202);
    expect((await story.ask('/api/v1/hooks/shop', { method: 'POST', as: 'admin' })).status).toBe(401);
  });
});
