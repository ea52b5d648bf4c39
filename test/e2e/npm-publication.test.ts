import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { long } from '../support/long.ts';
import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { describeStory, pollNow, readRuns, type StoryOptions, settle } from '../support/story.ts';
import { until } from '../support/until.ts';
import { startVerdaccio, type Verdaccio } from '../support/verdaccio.ts';

let registry: Verdaccio;
let place: Workplace;
let server: Server;
let name = '';
let count = 0;

beforeAll(async () => {
  registry = await startVerdaccio();
});
afterAll(() => registry?.close());
afterEach(() => place?.remove());

/** Begins a story with a package of its own. */
async function begin(options: Partial<StoryOptions> = {}): Promise<void> {
  name = `story-${++count}`;
  place = await openWorkplace({ REGISTRY_TOKEN: registry.token });
  await startServer(options);
}

async function startServer(options: Partial<StoryOptions> = {}): Promise<void> {
  await place.configure(describeStory({ package: name, registry: registry.url, ...options }));
  server = await place.serve();
}

/** Stops the server and starts it with another configuration. */
async function restart(options: Partial<StoryOptions>): Promise<void> {
  await server.stop();
  await startServer(options);
}

async function poll(repository?: string): Promise<void> {
  await pollNow(server, repository);
  await settle(server);
}

const versionsOf = async (pipeline: string) =>
  (await readRuns(place)).filter((run) => run.pipeline === pipeline).map(({ version }) => version);

interface RevisionView {
  readonly version: string;
  readonly state: string;
  readonly standing: string;
  readonly digest: string;
}

async function ledger(repository = 'npmjs'): Promise<readonly RevisionView[]> {
  const { items } = (await server.get(`/api/v1/repositories/${repository}/packages/watched/revisions`)) as {
    items: RevisionView[];
  };
  return items;
}

async function decisionsOf(
  pipeline: string,
): Promise<readonly { outcome: string; reason: string; materials: Record<string, string> }[]> {
  const { items } = (await server.get(`/api/v1/pipelines/${pipeline}/decisions`)) as {
    items: { outcome: string; reason: string; materials: Record<string, string> }[];
  };
  return items;
}

describe('a publication in a real npm registry', () => {
  it('starts a run with exactly the bytes that npm published, and a job that knows them', async () => {
    await begin();
    await registry.publish(name, '1.0.0');
    await poll();

    const [run, ...others] = (await readRuns(place)).filter(({ pipeline }) => pipeline === 'newest');
    const tarball = await fetch(run?.location ?? '', {
      headers: { authorization: `Bearer ${registry.token}` },
    });
    const sha512 = createHash('sha512')
      .update(new Uint8Array(await tarball.arrayBuffer()))
      .digest('hex');
    expect(others).toEqual([]);
    expect(run).toMatchObject({ counter: 1, version: '1.0.0', digest: `sha512:${sha512}` });
    expect(await server.get('/api/v1/pipelines/newest/runs/1')).toMatchObject({
      pipeline: 'newest',
      counter: 1,
      label: '1',
      status: 'passed',
      materials: [
        {
          package: 'npmjs/watched',
          version: '1.0.0',
          digest: `sha512:${sha512}`,
          location: run?.location,
          changed: true,
        },
      ],
      stages: [
        {
          name: 'note',
          counter: 1,
          status: 'passed',
          jobs: [{ name: 'note', status: 'passed', exitCode: 0 }],
        },
      ],
    });
  });

  it('between two polls is not lost: all are recorded, `every` starts each in order of rank, `latest` one', async () => {
    await begin({ settings: 'versions: ">=0", prereleases: true' });
    await registry.publish(name, '1.0.0');
    await poll();
    await registry.publish(name, '1.1.0');
    await registry.publish(name, '1.0.1', { tag: 'backport' });
    await registry.publish(name, '2.0.0-rc.1', { tag: 'next' });
    await poll();

    expect((await ledger()).map(({ version }) => version)).toEqual(['2.0.0-rc.1', '1.1.0', '1.0.1', '1.0.0']);
    expect(await versionsOf('each')).toEqual(['1.0.0', '1.0.1', '1.1.0', '2.0.0-rc.1']);
    expect(await versionsOf('newest')).toEqual(['1.0.0', '2.0.0-rc.1']);
  });

  it('of a lone backport starts `every`, and not `latest`, which says why', async () => {
    await begin();
    await registry.put(name, '2.0.0');
    await poll();
    await registry.put(name, '1.5.0', { tag: 'backport' });
    await poll();

    expect(await versionsOf('each')).toEqual(['2.0.0', '1.5.0']);
    expect(await versionsOf('newest')).toEqual(['2.0.0']);
    expect(await decisionsOf('newest')).toContainEqual(
      expect.objectContaining({
        outcome: 'superseded',
        materials: expect.objectContaining({ 'npmjs/watched': '1.5.0' }),
      }),
    );
  });

  it('is a baseline at the first look: the history is recorded, and at most the newest starts', async () => {
    name = `story-${++count}`;
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await registry.put(name, version);
    place = await openWorkplace({ REGISTRY_TOKEN: registry.token });
    await startServer();
    await poll();
    expect((await ledger()).map(({ version }) => version)).toEqual(['1.2.0', '1.1.0', '1.0.0']);
    expect(await versionsOf('each')).toEqual(['1.2.0']);
    expect(await versionsOf('newest')).toEqual(['1.2.0']);
  });

  it('starts nothing at the first look with `first: none`, and what comes later does', async () => {
    name = `story-${++count}`;
    await registry.put(name, '1.0.0');
    place = await openWorkplace({ REGISTRY_TOKEN: registry.token });
    await startServer({ more: 'first: none' });
    await poll();
    expect(await readRuns(place)).toEqual([]);
    await registry.put(name, '1.0.1');
    await restart({ more: 'first: none' });
    await poll();
    expect(await versionsOf('newest')).toEqual(['1.0.1']);
  });
});

describe('what npm does to a version afterwards', () => {
  it('unpublished: withdrawn after two complete looks, and nothing starts', async () => {
    await begin();
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await registry.put(name, version);
    await poll();
    await registry.npm(['unpublish', `${name}@1.1.0`, '--force']);
    await poll();
    expect(await ledger()).toContainEqual(expect.objectContaining({ version: '1.1.0', state: 'published' }));
    await restart({ poll: '{ every: 1s }' });
    await until(async () =>
      (await ledger()).some(({ version, state }) => version === '1.1.0' && state === 'withdrawn'),
    );
    await settle(server);
    expect(await versionsOf('newest')).toEqual(['1.2.0']);
  });

  it('deprecated: its standing changes, nothing starts, and a later version does', async () => {
    await begin();
    await registry.publish(name, '1.0.0');
    await poll();
    await registry.npm(['deprecate', `${name}@1.0.0`, 'do not use']);
    await poll();
    expect(await ledger()).toMatchObject([{ version: '1.0.0', standing: 'deprecated', state: 'published' }]);
    await registry.publish(name, '1.0.1');
    await poll();
    expect(await versionsOf('each')).toEqual(['1.0.0', '1.0.1']);
  });

  it('a dist-tag that is followed: each move starts a run, backwards too', async () => {
    await begin({ settings: 'tag: stable' });
    await registry.publish(name, '1.0.0', { tag: 'stable' });
    await poll();
    await registry.publish(name, '1.1.0', { tag: 'stable' });
    await poll();
    await registry.npm(['dist-tag', 'add', `${name}@1.0.0`, 'stable']);
    await poll();
    await poll();
    expect(await versionsOf('newest')).toEqual(['1.0.0', '1.1.0', '1.0.0']);
    expect(await versionsOf('each')).toEqual(['1.0.0', '1.1.0', '1.0.0']);
  });
});

describe('nothing starts a second time', () => {
  const versions = ['1.0.0', '1.1.0', '2.0.0'];
  async function beginWithHistory(): Promise<void> {
    await begin();
    for (const version of versions) {
      await registry.put(name, version);
      await poll();
    }
    expect(await versionsOf('each')).toEqual(versions);
  }

  it(
    'when the range is edited, and what is new in it above what was had starts at most once',
    long,
    async () => {
      await beginWithHistory();
      await restart({ settings: 'versions: "^1"' });
      await poll();
      await restart({ settings: 'versions: ">=1"' });
      await poll();
      expect(await versionsOf('each')).toEqual(versions);
      expect(await versionsOf('newest')).toEqual(versions);
      await registry.put(name, '3.0.0');
      await restart({ settings: 'versions: ">=2"' });
      await poll();
      expect(await versionsOf('newest')).toEqual([...versions, '3.0.0']);
    },
  );

  it('when the URL changes', long, async () => {
    await beginWithHistory();
    await restart({ registry: registry.url.replace('127.0.0.1', 'localhost') });
    await poll();
    expect(await versionsOf('each')).toEqual(versions);
    expect(await versionsOf('newest')).toEqual(versions);
  });

  it('when the repository is renamed', long, async () => {
    await beginWithHistory();
    await restart({ repository: 'mirror', formerly: 'npmjs' });
    await poll('mirror');
    expect((await ledger('mirror')).map(({ version }) => version)).toEqual(versions.toReversed());
    expect(await versionsOf('each')).toEqual(versions);
    expect(await versionsOf('newest')).toEqual(versions);
  });

  it('when the server is stopped and started', async () => {
    await beginWithHistory();
    await restart({});
    await poll();
    expect(await versionsOf('each')).toEqual(versions);
  });
});
