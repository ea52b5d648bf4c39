import { createPublicKey, type KeyObject } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../../../test/support/until.ts';
import type { RemoteJob } from '../../src/config/jobs.ts';
import { provesCallback, writeCallback } from '../../src/engine/jobs/callback.ts';
import { Looks } from '../../src/engine/jobs/looks.ts';
import {
  type CallbackKey,
  findCallbackKey,
  publishCallbackKey,
  readCallbackKey,
} from '../../src/store/callback-keys.ts';
import { cancelRunningStage } from '../../src/store/cancel-stages.ts';
import { LeaseLost } from '../../src/store/leases.ts';
import {
  findBegunAttempts,
  readReport,
  rememberWork,
  requestLooks,
  takeReport,
} from '../../src/store/work-elsewhere.ts';
import { createRemoteTarget } from '../../src/targets/remote/remote-target.ts';
import { makeDirectory } from '../targets/jobs.ts';
import { type BuildServer, startBuildServer } from '../targets/remote/build-server.ts';
import { buildkiteVendor } from '../targets/remote/vendors/buildkite.ts';
import { makeConfig, makePipeline, makeStage } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';
import { Disk, makeTargets, perform, readLog, untilEnded } from './performing.ts';
import type { World } from './world.ts';

async function startServer(): Promise<BuildServer> {
  const server = await startBuildServer(buildkiteVendor, Date.now);
  onTestFinished(() => server.close());
  return server;
}

function pipelineAt(url: string) {
  const settings = { url, organization: 'acme', pipeline: 'shop', branch: 'main', token: 'a-token' };
  const job: RemoteJob = {
    kind: 'buildkite',
    name: 'work',
    timeoutMs: 60_000,
    secrets: [],
    onDoubt: 'fail',
    settings,
  };
  return makePipeline('p', { stages: [makeStage('build', [job])] });
}

/** As they are, but looking every 20 ms. */
function quickTargets(disk: Disk) {
  const common = {
    resolve: (template: string) => template,
    config: () => makeConfig([]),
    now: Date.now,
    random: Math.random,
  };
  const sleep = (_ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      setTimeout(resolve, 20);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  return { ...makeTargets(disk), remote: createRemoteTarget({ ...common, sleep }) };
}

async function claimOne(world: World) {
  await world.publish('a', ['1.0.0']);
  const [job] = await world.claim();
  if (!job) throw new Error('the job is due');
  return job;
}

describeWorlds('a job whose work is on another server', (open) => {
  it('is done there, and its link is in the run', async () => {
    const disk = new Disk();
    const server = await startServer();
    const world = await open(pipelineAt(server.url));
    perform(world, disk, { targets: quickTargets(disk) });
    await world.publish('a', ['1.0.0']);
    const run = await untilEnded(world);
    const link = `${server.url}/acme/shop/builds/1`;
    expect(run).toMatchObject({ status: 'passed', stages: [{ jobs: [{ status: 'passed', link }] }] });
    expect(await readLog(world)).toContain(`the build is 1 ${link}`);
    expect(server.all).toHaveLength(1);
  });

  it('is followed on after a restart, and started once', async () => {
    const disk = new Disk();
    const server = await startServer();
    server.script = ['running'];
    const world = await open(pipelineAt(server.url));
    const first = perform(world, disk, { targets: quickTargets(disk) });
    await world.publish('a', ['1.0.0']);
    await until(() => server.all.length === 1 && server.calls.length > 4);
    await first.stop();
    server.all[0]?.script.push('passed');
    perform(world, disk, { targets: quickTargets(disk) });
    expect(await untilEnded(world)).toMatchObject({ status: 'passed' });
    expect(server.all).toHaveLength(1);
  });

  it('is not cancelled there by a node that has lost it to another', async () => {
    const disk = new Disk();
    const server = await startServer();
    server.script = ['running'];
    const world = await open(pipelineAt(server.url));
    const { stop } = perform(world, disk, { targets: quickTargets(disk), renewMs: 20 });
    await world.publish('a', ['1.0.0']);
    await until(() => server.all.length === 1);
    const taken = await until(async () => {
      await world.store.transact((tx) => tx.db.updateTable('attempt').set({ lease_until: 1 }).execute());
      const [job] = await world.claim('two');
      return job;
    });
    const seen = server.calls.length;
    // It has let go when it asks no more.
    await until(async () => {
      const before = server.calls.length;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return server.calls.length === before;
    });
    await stop();
    expect(taken.as).toBe('adopted');
    expect(server.calls.slice(seen).filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(server.all[0]?.script).toEqual(['running']);
  });

  it('is cancelled there when somebody cancels its stage', async () => {
    const disk = new Disk();
    const server = await startServer();
    server.script = ['running'];
    const world = await open(pipelineAt(server.url));
    perform(world, disk, { targets: quickTargets(disk) });
    await world.publish('a', ['1.0.0']);
    await until(() => server.calls.some(({ path }) => path.endsWith('/builds/1')));
    await world.store.transact(async (tx) => {
      const stage = await tx.db
        .selectFrom('stage')
        .select('id')
        .where('status', '=', 'running')
        .executeTakeFirstOrThrow();
      await cancelRunningStage(tx, stage.id, Date.now());
    });
    const run = await untilEnded(world);
    expect(run.stages[0]).toMatchObject({ status: 'cancelled', jobs: [{ status: 'cancelled' }] });
    expect(
      server.calls.filter(({ method, path }) => method === 'PUT' && path.endsWith('/builds/1/cancel')),
    ).toHaveLength(1);
  });

  it('is looked at as soon as somebody says so, at whichever node', async () => {
    const disk = new Disk();
    const server = await startServer();
    server.script = ['running'];
    const world = await open(pipelineAt(server.url));
    const never = (_ms: number, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
      );
    const common = {
      resolve: (template: string) => template,
      config: () => makeConfig([]),
      now: Date.now,
      random: Math.random,
    };
    perform(world, disk, {
      targets: { ...makeTargets(disk), remote: createRemoteTarget({ ...common, sleep: never }) },
    });
    await world.publish('a', ['1.0.0']);
    await until(() => server.calls.some(({ path }) => path.endsWith('/builds/1')));
    server.all[0]?.script.push('passed');
    const named = await world.store.transact((tx) => findBegunAttempts(tx, 'p'));
    expect(named.map(({ stage, job }) => `${stage}/${job}`)).toEqual(['build/work']);
    await until(async () => {
      const begun = await world.store.transact((tx) => findBegunAttempts(tx, 'p'));
      await world.store.transact((tx) =>
        requestLooks(
          tx,
          begun.map(({ id }) => id),
        ),
      );
      return (await world.runs())[0]?.finishedAt !== null;
    });
    expect(await untilEnded(world)).toMatchObject({ status: 'passed' });
  });

  it('is remembered by who has the lease, and by nobody else', async () => {
    const world = await open(pipelineAt('http://127.0.0.1:1'));
    const job = await claimOne(world);
    await world.store.transact((tx) =>
      rememberWork(tx, job.lease, '{"state":"started"}', 'https://ci.example.com/1'),
    );
    expect((await world.runs())[0]?.stages[0]?.jobs[0]?.link).toBe('https://ci.example.com/1');
    await world.store.transact((tx) => tx.db.updateTable('attempt').set({ lease_until: 1 }).execute());
    const [other] = await world.claim('two');
    expect(other?.facts.attempt.memory).toBe('{"state":"started"}');
    const late = world.store.transact((tx) => rememberWork(tx, job.lease, '{}', undefined));
    await expect(late).rejects.toThrow(LeaseLost);
  });

  it('keeps when it began, over attempts', async () => {
    const world = await open(pipelineAt('http://127.0.0.1:1'));
    const job = await claimOne(world);
    await world.store.transact((tx) => tx.db.updateTable('attempt').set({ lease_until: 1 }).execute());
    const [again] = await world.claim();
    expect(again?.facts.startedAt).toBe(job.facts.startedAt);
  });

  it('has one report: the same again changes nothing, another is refused, and one about nothing is unknown', async () => {
    const world = await open(pipelineAt('http://127.0.0.1:1'));
    const job = await claimOne(world);
    const tell = (status: 'passed' | 'failed', key = job.facts.attempt.key) =>
      world.store.transact((tx) => takeReport(tx, key, { status, message: null }));
    expect(await tell('passed', 'no-such-key')).toBe('unknown');
    expect(await world.store.transact((tx) => readReport(tx, job.lease.id))).toBeUndefined();
    expect(await tell('passed')).toBe('taken');
    expect(await tell('passed')).toBe('repeated');
    expect(await tell('failed')).toBe('contrary');
    expect(await world.store.transact((tx) => readReport(tx, job.lease.id))).toEqual({
      status: 'passed',
      message: null,
    });
    await world.end(job);
    expect(await tell('passed')).toBe('repeated');
  });

  it('that has ended takes no report any more', async () => {
    const world = await open(pipelineAt('http://127.0.0.1:1'));
    const job = await claimOne(world);
    await world.end(job);
    const key = job.facts.attempt.key;
    expect(await world.store.transact((tx) => takeReport(tx, key, { status: 'passed', message: null }))).toBe(
      'unknown',
    );
  });

  it('wakes who waits for its report', async () => {
    const world = await open(pipelineAt('http://127.0.0.1:1'));
    const job = await claimOne(world);
    const ending = new AbortController();
    onTestFinished(() => ending.abort());
    const looks = new Looks(world.store);
    looks.listen(ending.signal);
    const waiting = looks.bellOf(job.lease.id).wait(ending.signal);
    await world.store.transact((tx) =>
      takeReport(tx, job.facts.attempt.key, { status: 'passed', message: null }),
    );
    await waiting;
    expect(ending.signal.aborted).toBe(false);
  });

  it('signs its addresses with a key of the node, of which the store has the public half alone', async () => {
    const world = await open(pipelineAt('http://127.0.0.1:1'));
    const file = join(makeDirectory(), 'key.pem');
    const key = readCallbackKey(file);
    expect(readCallbackKey(file).id).toBe(key.id);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await world.store.transact((tx) =>
      tx.db.insertInto('setting').values({ name: 'callback-key', value: 'in clear' }).execute(),
    );
    for (let start = 0; start < 2; start++) await world.store.transact((tx) => publishCallbackKey(tx, key));
    const settings = await world.store.read((tx) => tx.db.selectFrom('setting').selectAll().execute());
    const own = settings.filter(({ name }) => name.startsWith('callback-key'));
    expect(own.map(({ name }) => name)).toEqual([`callback-key/${key.id}`]);
    // The last 32 bytes of PKCS8 are the secret, the last 32 of SPKI the point that it makes.
    const secret = key.secret.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
    const kept = Buffer.from(own[0]?.value ?? '', 'base64url');
    expect(kept).toHaveLength(44);
    expect(kept.includes(secret)).toBe(false);
    const found = await world.store.read((tx) => findCallbackKey(tx, key.id));
    expect(found && proves(key, found)).toBe(true);
    expect(await world.store.read((tx) => findCallbackKey(tx, 'another'))).toBeUndefined();
  });
});

const claim = { key: 'k-1', expires: 1_000 };
const write = (key: CallbackKey) => new URL(writeCallback('https://sluice.example.com/ci/', claim, key));
const proves = (key: CallbackKey, by: KeyObject) =>
  provesCallback(claim, write(key).searchParams.get('signature') ?? '', by);

it('an address for a report proves the job and the time, and nothing else', () => {
  const directory = makeDirectory();
  const [key, another] = [
    readCallbackKey(join(directory, 'one')),
    readCallbackKey(join(directory, 'another')),
  ];
  const by = createPublicKey(key.secret);
  const { pathname, searchParams } = write(key);
  expect(pathname).toBe('/ci/api/v1/callbacks/k-1');
  expect(searchParams.get('by')).toBe(key.id);
  const signature = searchParams.get('signature') ?? '';
  expect(provesCallback(claim, signature, by)).toBe(true);
  expect(provesCallback({ ...claim, expires: 2_000 }, signature, by)).toBe(false);
  expect(provesCallback({ ...claim, key: 'k-2' }, signature, by)).toBe(false);
  expect(proves(another, by)).toBe(false);
  expect(provesCallback(claim, '', by)).toBe(false);
});
