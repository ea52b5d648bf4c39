import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEvents } from '../support/event-reader.ts';
import { type ScriptedRegistry, startScriptedRegistry } from '../support/scripted-registry.ts';
import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { pollNow, settle } from '../support/story.ts';
import { until } from '../support/until.ts';

let registry: ScriptedRegistry;
let place: Workplace;
let server: Server;

beforeEach(async () => {
  registry = await startScriptedRegistry();
  registry.publish('1.0.0');
  place = await openWorkplace();
});
afterEach(async () => {
  await place.remove();
  await registry.close();
});

interface Options {
  readonly pipelines?: readonly string[];
  /** A shell command; it notes what it runs for unless told otherwise. */
  readonly run?: string;
  readonly poll?: string;
  /** More of the top level, as lines of YAML. */
  readonly more?: string;
}

const note = 'echo "$GO_PIPELINE_NAME $GO_PACKAGE_IT_LABEL" >> "$HOME/runs"';

function describeLife({
  pipelines = ['first'],
  run = note,
  poll = '{ manual: true }',
  more = '',
}: Options = {}): string {
  const job = JSON.stringify(run);
  const sections = pipelines.map(
    (name) =>
      `  ${name}: { materials: [{ package: main/it, trigger: every, as: IT }], stages: [{ name: one, jobs: { go: { run: ${job} } } }] }`,
  );
  return `
server: { port: 0 }
${more}
repositories:
  main: { plugin: npm, config: { url: "${registry.url}" }, poll: ${poll}, packages: { it: { config: { name: watched } } } }
pipelines:${sections.length === 0 ? ' {}' : ''}
${sections.join('\n')}
`;
}

async function begin(options?: Options): Promise<void> {
  await place.configure(describeLife(options));
  server = await place.serve();
}

async function publish(version: string): Promise<void> {
  registry.publish(version);
  await pollNow(server, 'main');
  await settle(server);
}

interface ConfigurationView {
  readonly hash: string;
  readonly loadedAt: string;
  readonly refused: { readonly at: string; readonly problems: readonly string[] } | null;
  readonly pipelines: readonly { readonly name: string }[];
}

const readConfiguration = async () => (await server.get('/api/v1/configuration')) as ConfigurationView;
const readMetrics = async () => (await fetch(`${server.url}/metrics`)).text();

describe('a running server whose sluice.yaml changes', () => {
  it('takes it without a restart: a new pipeline listens, and nothing starts a second time', async () => {
    await begin();
    await publish('1.1.0');
    await place.configure(describeLife({ pipelines: ['first', 'second'], more: 'store: sqlite:other.db' }));
    await until(async () => (await readConfiguration()).pipelines.length === 2, {
      describe: () => server.output(),
    });
    await pollNow(server, 'main');
    await publish('1.2.0');
    expect((await place.lines('runs')).toSorted()).toEqual([
      'first 1.1.0',
      'first 1.2.0',
      'second 1.1.0',
      'second 1.2.0',
    ]);
    expect(server.process.exitCode).toBeNull();
    expect(server.output()).toContain('what changed under store: is in force after a restart');
  });

  it('keeps the old one while the new one is invalid, and says so everywhere', async () => {
    await begin();
    const { hash } = await readConfiguration();
    await place.configure(describeLife({ more: 'storee: x' }));
    const { refused } = await until(async () => {
      const configuration = await readConfiguration();
      return configuration.refused !== null && configuration;
    });
    expect(refused?.problems).toEqual([expect.stringMatching(/^sluice\.yaml:3:1: .*"storee".*"store"/)]);
    expect(await readMetrics()).toMatch(/^sluice_configuration_valid 0$/m);
    expect(await (await fetch(server.url)).text()).toContain(
      'The configuration files as they are now are invalid',
    );
    expect(await (await fetch(`${server.url}/configuration`)).text()).toContain('storee');
    const told = await readEvents(
      await fetch(`${server.url}/api/v1/events?after=0`),
      ({ type }) => type === 'configuration.refused',
    );
    expect(told.at(-1)).toMatchObject({ subject: hash, data: { problems: refused?.problems } });

    const status = await place.sluice('status', '--server', server.url);
    expect(status).toMatchObject({ code: 1, stderr: 'sluice: failing: the configuration\n' });
    expect(status.stdout).toContain(`  ${refused?.problems[0]}\n`);

    await publish('1.1.0');
    expect(await place.lines('runs')).toEqual(['first 1.1.0']);
    expect(await server.get('/readyz')).toMatchObject({ status: 'ready' });

    await place.configure(describeLife());
    await until(async () => (await readConfiguration()).refused === null);
    expect(await readMetrics()).toMatch(/^sluice_configuration_valid 1$/m);
  });

  it('loads it again on SIGHUP, changed or not', async () => {
    await begin();
    const { loadedAt, hash } = await readConfiguration();
    server.process.kill('SIGHUP');
    const again = await until(async () => {
      const configuration = await readConfiguration();
      return configuration.loadedAt !== loadedAt && configuration;
    });
    expect(again).toMatchObject({ hash, refused: null });
    await publish('1.1.0');
    expect(await place.lines('runs')).toEqual(['first 1.1.0']);
  });
});

describe('a repository that no pipeline listens to', () => {
  const sentence = 'so it is polled on request only';
  interface RepositoryView {
    readonly lastPoll: string | null;
    readonly nextPoll: string | null;
    readonly listenedTo: boolean;
  }
  const readRepository = async () => (await server.get('/api/v1/repositories/main')) as RepositoryView;
  const tellEverywhere = async () => ({
    start: server.output().includes(sentence),
    status: (await place.sluice('status', '--server', server.url)).stdout.includes(sentence),
    pages: await Promise.all(
      ['/repositories', '/repositories/main'].map(async (page) =>
        (await (await fetch(server.url + page)).text()).includes(sentence),
      ),
    ),
  });

  it('is said to be polled on request only, until one listens', async () => {
    await begin({ pipelines: [], poll: '{ every: 1h }' });
    expect(await tellEverywhere()).toEqual({ start: true, status: true, pages: [true, true] });
    expect(await readRepository()).toMatchObject({ lastPoll: null, nextPoll: null, listenedTo: false });
    await place.configure(describeLife({ poll: '{ every: 1h }' }));
    const { listenedTo, nextPoll } = await until(async () => {
      const repository = await readRepository();
      return repository.lastPoll !== null && repository;
    });
    expect({ listenedTo, isAhead: Date.parse(nextPoll ?? '') > Date.now() }).toEqual({
      listenedTo: true,
      isAhead: true,
    });
    expect(await tellEverywhere()).toMatchObject({ status: false, pages: [false, false] });
  });
});

describe('a server that is stopped while a job runs', () => {
  const waiting =
    'echo begun >> "$HOME/marks"; while [ ! -e "$HOME/gate" ]; do sleep 0.05; done; echo "ended with $GO_PACKAGE_IT_LABEL" | tee -a "$HOME/marks"; exit 7';
  const openGate = () => writeFile(join(place.directory, 'gate'), '');
  const untilMarked = (count: number) => until(async () => (await place.lines('marks')).length === count);

  async function stopDuringJob(): Promise<void> {
    await begin({ run: waiting });
    await pollNow(server, 'main');
    await untilMarked(1);
    await server.stop();
    expect(server.process.exitCode).toBe(0);
  }

  async function expectOneExecution(): Promise<void> {
    await settle(server);
    expect(await server.get('/api/v1/pipelines/first/runs/1')).toMatchObject({
      status: 'failed',
      stages: [{ jobs: [{ name: 'go', status: 'failed', exitCode: 7 }] }],
    });
    const log = await fetch(`${server.url}/api/v1/pipelines/first/runs/1/stages/one/jobs/go/log`);
    expect(await log.text()).toBe('ended with 1.0.0\n');
    expect(await place.lines('marks')).toEqual(['begun', 'ended with 1.0.0']);
  }

  it('leaves it running; the next one records how it ended meanwhile', async () => {
    await stopDuringJob();
    await openGate();
    await untilMarked(2);
    server = await place.serve();
    await expectOneExecution();
  });

  it('leaves it running; the next one follows it to its end', async () => {
    await stopDuringJob();
    server = await place.serve();
    expect(await server.get('/api/v1/pipelines/first/runs/1')).toMatchObject({ status: 'running' });
    await openGate();
    await expectOneExecution();
  });
});

describe('room and time', () => {
  it('with less room than minFree nothing new starts, and it says so', async () => {
    await begin({ poll: '{ every: 1s }', more: 'minFree: 999999TB' });
    const ready = await fetch(`${server.url}/readyz`);
    expect({ status: ready.status, body: await ready.json() }).toEqual({
      status: 503,
      body: { status: 'not ready', reasons: [expect.stringContaining('minFree')] },
    });
    expect(await server.post('/api/v1/repositories/main/poll', { wait: true })).toMatchObject({
      status: 503,
      body: { error: { code: 'NOT_READY', message: expect.stringContaining('minFree') } },
    });
    expect(registry.asks).toEqual([]);
    await place.configure(describeLife({ poll: '{ every: 1s }', more: 'minFree: 1B' }));
    await until(async () => (await place.lines('runs')).includes('first 1.0.0'));
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  it('keeps as many runs as it is told, and the whole ledger', async () => {
    await begin({ more: 'retention: { runs: 2 }' });
    for (const version of ['1.1.0', '1.2.0', '1.3.0']) await publish(version);
    await server.stop();
    server = await place.serve();
    const labels = async () => {
      const { items } = (await server.get('/api/v1/pipelines/first/runs')) as {
        readonly items: readonly { readonly label: string }[];
      };
      return items.map(({ label }) => label);
    };
    await until(async () => (await labels()).length === 2);
    expect(await labels()).toEqual(['3', '2']);
    await pollNow(server, 'main');
    await settle(server);
    expect(await labels()).toEqual(['3', '2']);
    expect(await server.get('/api/v1/repositories/main/packages/it/revisions')).toMatchObject({
      items: [{ version: '1.3.0' }, { version: '1.2.0' }, { version: '1.1.0' }, { version: '1.0.0' }],
    });
  });
});

describe('a server whose store is gone', () => {
  it('is not begun as new; it is where the memory of the store is taken away', async () => {
    await begin();
    await publish('1.1.0');
    await server.stop('SIGKILL');
    server = await place.serve();
    await server.stop();
    await unlink(join(place.directory, 'sluice.db'));
    const { code, stderr } = await place.sluice('serve');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^sluice: the store .*sluice\.db is gone, and was not: .*"sluice restore".*\.sluice\/stores\.json\n$/,
      ),
    });
    await unlink(join(place.directory, '.sluice/stores.json'));
    server = await place.serve();
  });
});

describe('a second server', () => {
  it('in the same directory is refused in words', async () => {
    await begin();
    const { code, stderr } = await place.sluice('serve');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^sluice: The directory .*\.sluice is in use by another Sluice server .*; stop that one first\n$/,
    );
    await publish('1.1.0');
    expect(await place.lines('runs')).toEqual(['first 1.1.0']);
  });

  it('on the same store is refused in words', async () => {
    await begin();
    const other = await openWorkplace();
    await other.configure(describeLife({ more: `store: "sqlite:${place.directory}/sluice.db"` }));
    const { code, stderr } = await other.sluice('serve');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^sluice: .*sluice\.db.* is in use by another Sluice server .*; stop that one first\n$/,
    );
    await other.remove();
  });
});
