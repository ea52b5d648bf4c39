import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiStory, beginApiStory, type List } from '../../support/api-story.ts';
import { digestOf } from '../../support/scripted-registry.ts';

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

let story: ApiStory;
beforeAll(async () => {
  story = await beginApiStory();
});
afterAll(() => story?.end());

describe('what the API shows', () => {
  it('a repository', async () => {
    const { status, body } = await story.ask('/api/v1/repositories/shop');
    const expected = {
      name: 'shop',
      plugin: 'npm',
      status: 'ok',
      problem: null,
      warning: null,
      lastPoll: isoTime,
      nextPoll: null,
      listenedTo: true,
      packages: [{ name: 'it', problem: null, pointer: null }],
    };
    expect({ status, body }).toEqual({ status: 200, body: expected });
    expect((await story.ask<List<unknown>>('/api/v1/repositories')).body).toEqual({
      items: [
        expect.objectContaining({ name: 'markup', status: 'never polled', problem: null, lastPoll: null }),
        expected,
      ],
      next: null,
    });
  });

  it('a revision: the fields of check --json, its state, when it was detected', async () => {
    const { body } = await story.ask<List<unknown>>('/api/v1/repositories/shop/packages/it/revisions');
    expect(body.items[0]).toEqual({
      version: '2.0.0',
      digest: digestOf('2.0.0'),
      digests: { sha512: digestOf('2.0.0').slice('sha512:'.length) },
      location: `${story.shop.url}watched/-/watched-2.0.0.tgz`,
      publishedAt: isoTime,
      publisher: null,
      comment: null,
      trackbackUrl: null,
      warning: null,
      purl: 'pkg:npm/watched@2.0.0',
      standing: 'ok',
      data: { INTEGRITY: expect.stringMatching(/^sha512-/) },
      state: 'published',
      detectedAt: isoTime,
    });
    expect(body).toMatchObject({
      items: [{ version: '2.0.0' }, { version: '1.1.0', standing: 'deprecated' }, { version: '1.0.0' }],
      next: null,
    });
  });

  it('a pipeline', async () => {
    const { body } = await story.ask('/api/v1/pipelines/build');
    const expected = {
      name: 'build',
      group: 'web',
      paused: null,
      waiting: 0,
      held: 0,
      lock: 'none',
      lockedBy: null,
      timer: null,
      publishes: [],
      lastRun: { counter: 2, label: '2-2.0.0', status: 'passed' },
      materials: [{ package: 'shop/it', trigger: 'every' }],
      stages: ['make', 'ship'],
    };
    expect(body).toEqual(expected);
    expect((await story.ask('/api/v1/pipelines')).body).toEqual({
      items: [expected, expect.objectContaining({ name: 'odd', group: null, lastRun: null })],
      next: null,
    });
  });

  it('a run', async () => {
    const { body } = await story.ask('/api/v1/pipelines/build/runs/2');
    const times = { startedAt: isoTime, finishedAt: isoTime };
    const noWait = { approval: 'auto', approvals: [], expiresAt: null, notBefore: null, held: false };
    const stage = { counter: 1, status: 'passed', cancelAt: null, readyAt: isoTime, ...noWait, ...times };
    expect(body).toEqual({
      pipeline: 'build',
      counter: 2,
      label: '2-2.0.0',
      cause: 'shop/it 2.0.0 was published',
      status: 'passed',
      because: { code: 'published', facts: { package: 'shop/it', version: '2.0.0' } },
      startedBy: 'every',
      person: null,
      alarms: [],
      createdAt: isoTime,
      finishedAt: isoTime,
      materials: [
        {
          package: 'shop/it',
          version: '2.0.0',
          digest: digestOf('2.0.0'),
          changed: true,
          location: `${story.shop.url}watched/-/watched-2.0.0.tgz`,
        },
      ],
      stages: [
        {
          name: 'make',
          ...stage,
          jobs: [{ name: 'print', status: 'passed', exitCode: 0, message: null, link: null }],
        },
        {
          name: 'ship',
          ...stage,
          jobs: [{ name: 'fail', status: 'passed', exitCode: 0, message: null, link: null }],
        },
      ],
    });
  });

  it('decisions, newest first: why it did, why it did not run', async () => {
    const { body } = await story.ask<List<unknown>>('/api/v1/pipelines/build/decisions');
    expect(body.items).toEqual(
      [
        { outcome: 'started', version: '2.0.0', run: 2, code: 'published' },
        { outcome: 'refused', version: '1.1.0', run: null, code: 'standing' },
        { outcome: 'started', version: '1.0.0', run: 1, code: 'published' },
      ].map(({ outcome, version, run, code }) => ({
        at: isoTime,
        pipeline: 'build',
        outcome,
        reason: expect.stringMatching(/./),
        run,
        upstream: null,
        code,
        facts: expect.objectContaining({ version }),
        materials: { 'shop/it': version },
        links: {
          run: run && `/api/v1/pipelines/build/runs/${run}`,
          upstream: null,
          materials: { 'shop/it': `/api/v1/repositories/shop/packages/it/revisions/${version}/value-stream` },
        },
      })),
    );
  });

  it('polls, and the log of a job', async () => {
    const { body } = await story.ask<List<unknown>>('/api/v1/repositories/shop/polls?limit=1');
    expect(body.items).toEqual([
      {
        startedAt: isoTime,
        finishedAt: isoTime,
        outcome: 'ok',
        problem: null,
        requests: 1,
        bytes: expect.any(Number),
        packages: 1,
        problems: 0,
        revisions: 1,
      },
    ]);
    const log = await fetch(`${story.server.url}/api/v1/pipelines/build/runs/1/stages/make/jobs/print/log`);
    expect(await log.text()).toBe('uat 1.0.0\n');
    expect(log.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(log.headers.get('sluice-log-complete')).toBe('true');
    const rest = await fetch(`${log.url}?after=${log.headers.get('sluice-log-next')}`);
    expect(await rest.text()).toBe('');
  });

  it('the plugins', async () => {
    const { body } = await story.ask<List<unknown>>('/api/v1/plugins');
    expect(body.items).toContainEqual({
      id: 'npm',
      title: 'npm registry',
      version: expect.stringMatching(/^\d/),
      contract: 1,
      source: '@sluice/plugin-npm',
    });
  });

  it.each([
    ['/api/v1/repositories/shop/packages/it/revisions', 'version', ['2.0.0', '1.1.0', '1.0.0']],
    ['/api/v1/pipelines/build/runs', 'label', ['2-2.0.0', '1-1.0.0']],
    ['/api/v1/pipelines/build/decisions', 'outcome', ['started', 'refused', 'started']],
    ['/api/v1/repositories/shop/polls', 'outcome', ['ok', 'ok', 'ok']],
  ])('%s in pages, newest first', async (path, field, expected) => {
    const seen: unknown[] = [];
    for (let after: number | null | undefined; after !== null; ) {
      const page: List<Readonly<Record<string, unknown>>> = (
        await story.ask<List<Readonly<Record<string, unknown>>>>(
          `${path}?limit=1${after === undefined ? '' : `&after=${after}`}`,
        )
      ).body;
      expect(page.items).toHaveLength(1);
      seen.push(page.items[0]?.[field]);
      after = page.next;
    }
    expect(seen).toEqual(expected);
  });
});
