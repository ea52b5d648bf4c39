import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { followJob } from '../../src/engine/jobs/follow-job.ts';
import { Looks } from '../../src/engine/jobs/looks.ts';
import { readCallbackKey } from '../../src/store/callback-keys.ts';
import { listenTo, makePipeline, makeStage, runJob } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';
import { Disk, makeTargets, perform, readLog, untilEnded } from './performing.ts';
import type { World } from './world.ts';

const neverSignals = { detach: new AbortController().signal, cancel: new AbortController().signal };

function oneJob(command: string, changes: Parameters<typeof runJob>[1] = {}) {
  return makePipeline('p', {
    materials: [listenTo('a', 'every')],
    stages: [makeStage('build', [runJob('work', { command, ...changes })])],
  });
}

/** A command that says when it begins and when it ends, and ends when there is a file `go`. */
const slow = (disk: Disk) =>
  `echo begin >> ${disk.done}; while [ ! -e ${disk.path('go')} ]; do sleep 0.02; done; echo end >> ${disk.done}; exit 3`;

async function letLeasesRunOut(world: World): Promise<void> {
  await world.store.transact((tx) => tx.db.updateTable('attempt').set({ lease_until: 1 }).execute());
}

/** As an earlier life of a node that claimed a job and did it, and was killed before it could say so. */
async function doWithoutWord(world: World, disk: Disk, node: string): Promise<void> {
  for (const job of await world.claim(node)) {
    const sources = {
      config: world.config,
      resolve: (template: string) => template,
      server: { PATH: process.env['PATH'] },
    };
    const own = {
      address: () => '',
      callbackKey: readCallbackKey(disk.path('callback-key.pem')),
      targets: makeTargets(disk),
    };
    const surroundings = { store: world.store, looks: new Looks(world.store), ...own };
    await followJob(job, { ...sources, ...surroundings }, neverSignals);
  }
}

describeWorlds('performing attempts', (open) => {
  it('does the jobs of every stage, with their environment, and stores what they print, masked', async () => {
    const disk = new Disk();
    const job = runJob('work', {
      command: 'echo "$GO_STAGE_NAME $GO_PIPELINE_LABEL $GO_REPO_NPMJS_A_TOKEN"',
      secrets: ['npmjs.token'],
    });
    const world = await open(
      makePipeline('p', { stages: [makeStage('build', [job]), makeStage('deploy', [job])] }),
    );
    const { told } = perform(world, disk);
    await world.publish('a', ['1.0.0']);
    const run = await untilEnded(world);
    expect(run).toMatchObject({
      status: 'passed',
      stages: [{ jobs: [{ status: 'passed', exitCode: 0 }] }, { status: 'passed' }],
    });
    expect(await readLog(world)).toBe('build 1-1.0.0 [secret]\n');
    expect(await readLog(world, 1, 'deploy')).toBe('deploy 1-1.0.0 [secret]\n');
    await until(() => told.lines.includes('run p/1 passed'));
    expect(told.lines).toEqual([
      'job p/1/build/work running',
      'job p/1/build/work passed',
      'job p/1/deploy/work running',
      'job p/1/deploy/work passed',
      'run p/1 passed',
    ]);
    expect(told.problems).toEqual([]);
  });

  it('leaves a command alone when the server stops; the next one adopts it and takes its status', async () => {
    const disk = new Disk();
    const world = await open(oneJob(slow(disk)));
    const first = perform(world, disk);
    await world.publish('a', ['1.0.0']);
    await until(() => disk.lines().includes('begin'));
    await first.stop();
    await world.reopen();
    expect((await world.runs())[0]?.status).toBe('running');
    expect(await world.claim('another')).toEqual([]);
    writeFileSync(disk.path('go'), '');
    perform(world, disk);
    const run = await untilEnded(world);
    expect(run).toMatchObject({ status: 'failed', stages: [{ jobs: [{ exitCode: 3 }] }] });
    expect(disk.lines()).toEqual(['begin', 'end']);
  });

  it('begins a job that an earlier life of the node had claimed, and not begun', async () => {
    const disk = new Disk();
    const world = await open(oneJob(`echo did >> ${disk.done}`));
    await world.publish('a', ['1.0.0']);
    await world.claim();
    await world.reopen();
    perform(world, disk);
    expect((await untilEnded(world)).status).toBe('passed');
    expect(disk.lines()).toEqual(['did']);
  });

  it('takes the status of a job that an earlier life of the node did without a word, and does not do it again', async () => {
    const disk = new Disk();
    const world = await open(oneJob(`echo did >> ${disk.done}; echo out; exit 4`));
    await world.publish('a', ['1.0.0']);
    await doWithoutWord(world, disk, 'one');
    await world.reopen();
    perform(world, disk);
    expect((await untilEnded(world)).stages[0]?.jobs[0]).toMatchObject({ status: 'failed', exitCode: 4 });
    expect(disk.lines()).toEqual(['did']);
    expect(await readLog(world)).toBe('out\n');
  });

  it('has doubts about the command of a node that does not come back, and fails it', async () => {
    const disk = new Disk();
    const world = await open(oneJob(`echo did >> ${disk.done}`));
    await world.publish('a', ['1.0.0']);
    await doWithoutWord(world, disk, 'dead');
    await letLeasesRunOut(world);
    perform(world, disk);
    const run = await untilEnded(world);
    expect(run.stages[0]?.jobs[0]).toMatchObject({ status: 'failed', exitCode: null });
    expect(run.stages[0]?.jobs[0]?.message).toContain('does not answer');
    expect(disk.lines()).toEqual(['did']);
  });

  it('does it again where it may, afresh, under the same key, even if nobody came to remove what the first try left', async () => {
    const disk = new Disk();
    const world = await open(oneJob(`echo $SLUICE_IDEMPOTENCY_KEY >> ${disk.done}`, { onDoubt: 'restart' }));
    await world.publish('a', ['1.0.0']);
    await doWithoutWord(world, disk, 'dead');
    await letLeasesRunOut(world);
    const { run, ...others } = makeTargets(disk);
    perform(world, disk, {
      targets: { ...others, run: { ...run, forget: async () => {}, sweep: async () => [] } },
    });
    expect((await untilEnded(world)).status).toBe('passed');
    expect(disk.lines()).toHaveLength(2);
    expect(new Set(disk.lines()).size).toBe(1);
  });

  it('ends a command that another node took over', async () => {
    const disk = new Disk();
    const world = await open(oneJob(slow(disk)));
    const { told } = perform(world, disk, { renewMs: 20 });
    await world.publish('a', ['1.0.0']);
    await until(() => disk.lines().includes('begin'));
    await letLeasesRunOut(world);
    const taken = await until(async () => {
      const [orphan] = await world.claim('two');
      if (!orphan) await letLeasesRunOut(world);
      return orphan;
    });
    expect(taken.as).toBe('orphaned');
    await until(() => told.problems.length > 0);
    expect((await world.runs())[0]?.status).toBe('running');
    await world.end(taken, { status: 'doubt', exitCode: null, message: 'the other one was gone' });
    expect((await world.runs())[0]?.stages[0]?.jobs[0]?.message).toContain('the other one was gone');
    expect(disk.lines()).toEqual(['begin']);
    expect(told.lines).toEqual(['job p/1/build/work running']);
  });

  it('begins nothing while the disk is full, and begins when there is room again', async () => {
    const disk = new Disk();
    const world = await open(oneJob('true'));
    world.config = { ...world.config, minFree: 10 };
    let [free, looks] = [9, 0];
    perform(world, disk, {
      freeBytes: async () => {
        looks++;
        return free;
      },
    });
    await world.publish('a', ['1.0.0']);
    await until(async () => {
      await world.store.transact(async (tx) => tx.wake('attempts'));
      return looks > 3;
    });
    expect((await world.runs())[0]?.stages[0]?.jobs[0]?.status).toBe('pending');
    free = 10;
    await world.store.transact(async (tx) => tx.wake('attempts'));
    expect((await untilEnded(world)).status).toBe('passed');
  });

  it('has no more jobs in hand than its limit', async () => {
    const disk = new Disk();
    const command = `mkdir ${disk.path('busy')} || echo overlap >> ${disk.done}; sleep 0.05; rmdir ${disk.path('busy')}`;
    const jobs = ['one', 'two', 'three'].map((name) => runJob(name, { command }));
    const world = await open(makePipeline('p', { stages: [makeStage('build', jobs)] }));
    perform(world, disk, { limit: 1 });
    await world.publish('a', ['1.0.0']);
    expect((await untilEnded(world)).status).toBe('passed');
    expect(disk.lines()).toEqual([]);
  });

  it('fails a job whose secret is not to be had, in words, and does not begin it', async () => {
    const disk = new Disk();
    const world = await open(oneJob(`echo did >> ${disk.done}`, { secrets: ['npmjs.password'] }));
    perform(world, disk);
    await world.publish('a', ['1.0.0']);
    const run = await untilEnded(world);
    expect(run.stages[0]?.jobs[0]?.message).toContain('npmjs.password');
    expect(disk.lines()).toEqual([]);
  });

  it('sends a webhook that was in flight when the server stopped again, under the same id', async () => {
    const disk = new Disk();
    const ids: unknown[] = [];
    const url = await listen((request, response) => {
      ids.push(request.headers['webhook-id']);
      if (ids.length > 1) response.writeHead(204).end();
    });
    const job = {
      kind: 'webhook',
      name: 'hook',
      url,
      secret: undefined,
      timeoutMs: 20_000,
      secrets: [],
      onDoubt: 'restart',
    } as const;
    const world = await open(makePipeline('p', { stages: [makeStage('build', [job])] }));
    const first = perform(world, disk, { graceMs: 0 });
    await world.publish('a', ['1.0.0']);
    await until(() => ids.length === 1);
    await first.stop();
    await world.reopen();
    perform(world, disk);
    expect((await untilEnded(world)).status).toBe('passed');
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('is shared by nodes, and every job is done once', async () => {
    const disk = new Disk();
    const command = `echo $GO_PIPELINE_COUNTER $GO_JOB_NAME >> ${disk.done}`;
    const jobs = ['x', 'y', 'z'].map((name) => runJob(name, { command }));
    const world = await open(
      makePipeline('p', { materials: [listenTo('a', 'every')], stages: [makeStage('build', jobs)] }),
    );
    for (const node of ['one', 'two', 'three']) perform(world, new Disk(), { node });
    await world.publish('a', ['1.0.0', '1.1.0', '1.2.0', '1.3.0']);
    expect((await untilEnded(world, 4)).status).toBe('passed');
    const expected = [1, 2, 3, 4].flatMap((counter) => jobs.map(({ name }) => `${counter} ${name}`));
    expect(disk.lines().toSorted()).toEqual(expected);
  });

  it('starts in time what waited while no node had the active configuration', async () => {
    const disk = new Disk();
    const world = await open(oneJob('true'));
    const active = world.config;
    world.config = { ...active, hash: 'another' };
    await world.publish('a', ['1.0.0']);
    world.config = active;
    perform(world, disk);
    expect((await untilEnded(world)).status).toBe('passed');
  });
});

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
