import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ScriptedRegistry, startScriptedRegistry } from '../support/scripted-registry.ts';
import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { describeStores, type StorePlace } from '../support/stores.ts';
import { pollNow, settle } from '../support/story.ts';
import { until } from '../support/until.ts';

describeStores('a backup of a busy server, restored on another machine', (placeStore) => {
  let registry: ScriptedRegistry;
  let stores: StorePlace[];
  let places: Workplace[];

  beforeEach(async () => {
    registry = await startScriptedRegistry();
    [stores, places] = [[], []];
  });
  afterEach(async () => {
    await Promise.all(places.map((place) => place.remove()));
    await Promise.all(stores.map((store) => store.remove()));
    await registry.close();
  });

  /** `slow` waits for a file, so that it runs whenever the backup is made; the others note what they did. */
  async function makeMachine(): Promise<Workplace> {
    const place = await openWorkplace();
    const store = await placeStore();
    places.push(place);
    stores.push(store);
    const note = (more: string) =>
      JSON.stringify(`echo "$GO_PIPELINE_NAME $GO_PACKAGE_IT_LABEL" >> "$HOME/runs"${more}`);
    const pipeline = (name: string, trigger: string, run: string) =>
      `  ${name}: { maxNewRuns: 1000, materials: [{ package: main/it, trigger: ${trigger}, as: IT }], stages: [{ name: one, jobs: { go: { run: ${run} } } }] }`;
    await place.configure(`
server: { port: 0 }
store: ${JSON.stringify(store.url)}
repositories:
  main: { plugin: npm, config: { url: "${registry.url}" }, poll: { manual: true }, packages: { it: { config: { name: watched } } } }
pipelines:
${pipeline('each', 'every', note(''))}
${pipeline('slow', 'latest', note('; while [ ! -e "$HOME/gate" ]; do sleep 0.05; done'))}
`);
    return place;
  }

  type Run = { readonly counter: number; readonly label: string; readonly status: string };
  const readRuns = async (server: Server, pipeline: string) =>
    ((await server.get(`/api/v1/pipelines/${pipeline}/runs?limit=200`)) as { readonly items: readonly Run[] })
      .items;
  const readVersions = async (server: Server) => {
    const { items } = (await server.get('/api/v1/repositories/main/packages/it/revisions?limit=200')) as {
      readonly items: readonly { readonly version: string }[];
    };
    return items.map(({ version }) => version);
  };

  it('loses nothing that was recorded, starts nothing twice, and nothing at all until it is released', async () => {
    const before = await makeMachine();
    registry.publish('1.0.0');
    const old = await before.serve();
    await pollNow(old, 'main');
    await until(async () => (await before.lines('runs')).includes('slow 1.0.0'));

    let busy = true;
    const working = (async () => {
      for (let patch = 1; busy; patch++) {
        registry.publish(`1.1.${patch}`);
        await pollNow(old, 'main');
      }
    })();
    await until(async () => (await readRuns(old, 'each')).length >= 3);
    const known = { runs: await readRuns(old, 'each'), versions: await readVersions(old) };
    const done = await before.sluice('backup', 'the.backup');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/^the\.backup: the whole store, \d+ bytes, read again and found whole\n$/);
    busy = false;
    await working;
    await old.stop('SIGKILL');
    await writeFile(join(before.directory, 'gate'), '');

    const after = await makeMachine();
    const restored = await after.sluice('restore', join(before.directory, 'the.backup'));
    expect(restored).toMatchObject({ code: 0, stderr: '' });
    expect(restored.stdout).toMatch(
      /^the store is restored; it knows nothing after 20.*\nall starts are held: .*"sluice release"\n$/,
    );

    const server = await after.serve();
    await expectAllKnown(server, known);
    await expectHeld(server, after);

    const { status, body } = await server.post('/api/v1/pipelines/each/runs');
    expect({ status, body }).toMatchObject({
      status: 422,
      body: { error: { message: expect.stringContaining('sluice release') } },
    });
    registry.publish('2.0.0');
    await pollNow(server, 'main');
    expect(await after.lines('runs')).toEqual([]);
    // The command that ran then is lost with its machine: it is not begun again by itself.
    await until(async () => (await readRuns(server, 'slow')).at(-1)?.status === 'failed');

    const released = await after.sluice(
      'release',
      '--server',
      server.url,
      '--comment',
      'the old machine is gone',
    );
    expect(released).toMatchObject({
      code: 0,
      stdout: 'starts are released: what waited begins in its turn\n',
    });
    await writeFile(join(after.directory, 'gate'), '');
    await settle(server);
    await expectGoesOn(server, { before, after });
  });

  interface Known {
    readonly runs: readonly Run[];
    readonly versions: readonly string[];
  }

  async function expectAllKnown(server: Server, known: Known): Promise<void> {
    const runs = await readRuns(server, 'each');
    expect(runs.map(({ counter, label }) => [counter, label])).toEqual(
      expect.arrayContaining(known.runs.map(({ counter, label }) => [counter, label])),
    );
    for (const { counter } of known.runs.filter(({ status }) => status === 'passed')) {
      expect(runs.find((run) => run.counter === counter)?.status).toBe('passed');
    }
    expect(await readVersions(server)).toEqual(expect.arrayContaining([...known.versions]));
  }

  async function expectHeld(server: Server, place: Workplace): Promise<void> {
    const readiness = await fetch(`${server.url}/readyz`);
    const why = expect.stringMatching(
      /^all starts are held: this store was restored from a backup and knows nothing after /,
    );
    expect({ status: readiness.status, body: await readiness.json() }).toMatchObject({
      status: 503,
      body: { reasons: [why] },
    });
    const { stdout } = await place.sluice('status', '--server', server.url);
    expect(stdout).toMatch(
      /^all starts are held since .*: this store was restored .*; "sluice release" lets them go\n/,
    );
    const home = await (await fetch(server.url)).text();
    expect(home).toContain('All starts are held since');
    expect(home).toContain('href="/release"');
    expect(await (await fetch(`${server.url}/release`)).text()).toContain(
      'this store was restored from a backup',
    );
  }

  /**
   * No version was run for by both, but those whose run was recorded by the old one only after the backup.
   */
  async function expectGoesOn(
    server: Server,
    { before, after }: { readonly before: Workplace; readonly after: Workplace },
  ): Promise<void> {
    const ran = await after.lines('runs');
    expect(ran).toEqual(expect.arrayContaining(['each 2.0.0', 'slow 2.0.0']));
    expect(ran).toHaveLength(new Set(ran).size);
    expect(await server.get('/readyz')).toMatchObject({ status: 'ready' });
    const all = await readRuns(server, 'each');
    expect(new Set(all.map(({ label }) => label)).size).toBe(all.length);
    const versions = await readVersions(server);
    expect(versions).toEqual(
      expect.arrayContaining((await before.lines('runs')).map((line) => line.split(' ')[1])),
    );
    const { items } = (await server.get('/api/v1/audit')) as {
      readonly items: readonly Record<string, unknown>[];
    };
    expect(items).toContainEqual(
      expect.objectContaining({
        action: 'release',
        subject: 'starts',
        details: { comment: 'the old machine is gone' },
      }),
    );
    expect(items).toContainEqual(
      expect.objectContaining({ action: 'restore', actor: 'restore', subject: 'store' }),
    );
  }
});
