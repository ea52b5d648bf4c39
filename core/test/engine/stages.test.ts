import { expect, it } from 'vitest';
import { LeaseLost, releaseAll } from '../../src/store/leases.ts';
import { listenTo, makePipeline, makeStage, runJob } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';
import { failed, passed, type World } from './world.ts';

const every = { materials: [listenTo('a', 'every')] };
const parallel = [makeStage('build', [runJob('one'), runJob('two')]), makeStage('deploy')];
const doubt = { status: 'doubt', exitCode: null, message: 'the host went away' } as const;

async function stagesOf(world: World): Promise<readonly string[]> {
  return (await world.runs()).map(({ stages }) =>
    stages.map(({ name, status }) => `${name} ${status}`).join(', '),
  );
}

describeWorlds('stages', (open) => {
  it('come one after the other, and the last one ends the run', async () => {
    const world = await open(makePipeline('p'));
    await world.publish('a', ['1.0.0']);
    expect(await world.work()).toEqual(['p/1/build/work']);
    expect(await stagesOf(world)).toEqual(['build passed, deploy running']);
    expect(await world.work()).toEqual(['p/1/deploy/work']);
    expect(await world.work()).toEqual([]);
    expect(await stagesOf(world)).toEqual(['build passed, deploy passed']);
    expect((await world.runs())[0]).toMatchObject({ status: 'passed', finishedAt: expect.any(Number) });
  });

  it('do their jobs in parallel, and fail when all have ended and one has failed', async () => {
    const world = await open(makePipeline('p', { stages: parallel }));
    await world.publish('a', ['1.0.0']);
    const [one, two] = await world.claim();
    if (!one || !two) throw new Error('both jobs are due at once');
    await world.end(one, failed);
    expect(await stagesOf(world)).toEqual(['build running, deploy pending']);
    await world.end(two, passed);
    expect(await stagesOf(world)).toEqual(['build failed, deploy cancelled']);
    expect((await world.runs())[0]).toMatchObject({
      status: 'failed',
      stages: [
        { jobs: [{ status: 'failed', exitCode: 1 }, { status: 'passed' }] },
        { jobs: [{ status: 'cancelled' }] },
      ],
    });
    expect(await world.claim()).toEqual([]);
  });

  it('pass when their last two jobs end at the same time', async () => {
    const world = await open(makePipeline('p', { stages: parallel }));
    await world.publish('a', ['1.0.0']);
    await Promise.all((await world.claim()).map((job) => world.end(job)));
    expect(await stagesOf(world)).toEqual(['build passed, deploy running']);
  });

  it('have one run each, and runs enter them first in, first out', async () => {
    const world = await open(makePipeline('p', every));
    await world.publish('a', ['1.0.0', '1.1.0', '1.2.0']);
    await world.work();
    const [slow, second] = await world.claim();
    if (!slow || !second) throw new Error('run 1 deploys while run 2 builds');
    await world.end(second);
    const [third] = await world.claim('one', { inHand: [slow.lease.id] });
    if (!third) throw new Error('run 3 builds');
    await world.end(third);
    expect(await stagesOf(world)).toEqual([
      'build passed, deploy running',
      'build passed, deploy pending',
      'build passed, deploy pending',
    ]);
    await world.end(slow);
    expect(await world.work()).toEqual(['p/2/deploy/work']);
    expect(await world.work()).toEqual(['p/3/deploy/work']);
  });

  it.each([
    [
      { state: 'republished', unacknowledged: true } as const,
      'other bytes',
      { state: 'published', unacknowledged: false } as const,
    ],
    [{ state: 'withdrawn' } as const, 'withdrawn', { state: 'published' } as const],
  ])('not yet begun are held while a pinned revision is %o', async (patch, reason, release) => {
    const world = await open(makePipeline('p', every));
    await world.publish('a', ['1.0.0', '1.1.0']);
    await world.amend('a', '1.0.0', patch);
    expect(await world.work()).toEqual(['p/1/build/work']);
    await world.look();
    expect(await stagesOf(world)).toEqual(['build passed, deploy pending', 'build running, deploy pending']);
    expect((await world.runs())[0]?.stages[1]?.held).toBe(true);
    const held = (await world.decisions()).filter(({ outcome }) => outcome === 'held');
    expect(held).toMatchObject([{ materials: { 'npmjs/a': '1.0.0' }, run: 1 }]);
    expect(held[0]?.reason).toContain(reason);
    // Others pass it by.
    expect(await world.work()).toEqual(['p/2/build/work']);
    expect(await world.work()).toEqual(['p/2/deploy/work']);
    await world.amend('a', '1.0.0', release);
    expect(await world.work()).toEqual(['p/1/deploy/work']);
    expect((await world.runs()).map(({ status }) => status)).toEqual(['passed', 'passed']);
  });

  it('fail when nobody can know whether a job was done, and it is not to be done again', async () => {
    const world = await open(makePipeline('p'));
    await world.publish('a', ['1.0.0']);
    await world.work(doubt);
    const [run] = await world.runs();
    expect(run?.status).toBe('failed');
    expect(run?.stages[0]?.jobs[0]?.message).toContain('the host went away');
  });

  it('do a job again after doubt where it may be, under the same key, a bounded number of times', async () => {
    const world = await open(
      makePipeline('p', { stages: [makeStage('build', [runJob('work', { onDoubt: 'restart' })])] }),
    );
    await world.publish('a', ['1.0.0']);
    const keys = new Set<string>();
    let tries = 0;
    for (let jobs = await world.claim(); jobs.length > 0; jobs = await world.claim(), tries++) {
      for (const job of jobs) {
        keys.add(job.facts.attempt.key);
        await world.end(job, doubt);
      }
    }
    expect(keys.size).toBe(1);
    expect(tries).toBe(5);
    expect((await world.runs())[0]?.status).toBe('failed');
  });

  it('are not moved by a node that lost its lease', async () => {
    const world = await open(makePipeline('p'));
    await world.publish('a', ['1.0.0']);
    const [first] = await world.claim();
    const [second] = await world.claim();
    if (!first || !second) throw new Error('a node takes up what an earlier life of it began');
    await expect(world.end(first)).rejects.toThrow(LeaseLost);
    expect(await stagesOf(world)).toEqual(['build running, deploy pending']);
    await world.end(second);
    await expect(world.end(second)).rejects.toThrow(LeaseLost);
    expect(await stagesOf(world)).toEqual(['build passed, deploy running']);
  });
});

describeWorlds('claiming', (open) => {
  it('gives a job to one node', async () => {
    const world = await open(makePipeline('p', { stages: parallel }));
    await world.publish('a', ['1.0.0']);
    const claimed = await Promise.all(['one', 'two', 'three'].map((node) => world.claim(node)));
    expect(claimed.flat()).toHaveLength(2);
  });

  it('gives what a node began to its next life at once, and to nobody else while the lease lasts', async () => {
    const world = await open(makePipeline('p'));
    await world.publish('a', ['1.0.0']);
    expect((await world.claim('one')).map((job) => job.as)).toEqual(['anew']);
    expect(await world.claim('two')).toEqual([]);
    expect((await world.claim('one')).map((job) => job.as)).toEqual(['adopted']);
  });

  it('gives the command of a node that went away to another as an orphan, and its webhook to go on with', async () => {
    const webhook = { kind: 'webhook', name: 'hook', url: 'http://127.0.0.1/', secret: undefined } as const;
    const jobs = [
      runJob('command'),
      { ...webhook, timeoutMs: 1_000, secrets: [], onDoubt: 'restart' as const },
    ];
    const world = await open(makePipeline('p', { stages: [makeStage('build', jobs)] }));
    await world.publish('a', ['1.0.0']);
    await world.claim('one');
    await world.store.transact((tx) => tx.db.updateTable('attempt').set({ lease_until: 1 }).execute());
    const claimed = await world.claim('two');
    expect(claimed.map(({ as, facts }) => `${facts.job.name} ${as}`).sort()).toEqual([
      'command orphaned',
      'hook adopted',
    ]);
  });

  it('keeps a command for the node that began it when that node starts again', async () => {
    const world = await open(makePipeline('p'));
    await world.publish('a', ['1.0.0']);
    await world.claim('one');
    await world.store.transact((tx) => releaseAll(tx, 'one'));
    expect(await world.claim('two')).toEqual([]);
    expect((await world.claim('one')).map(({ as }) => as)).toEqual(['adopted']);
  });

  it('begins nothing where it may not, and goes on with what has begun', async () => {
    const world = await open(makePipeline('p'), makePipeline('q'));
    await world.publish('a', ['1.0.0']);
    const [begun] = await world.claim('one', { room: 1 });
    expect((await world.claim('one', { mayBegin: false })).map(({ lease }) => lease.id)).toEqual([
      begun?.lease.id,
    ]);
    expect((await world.claim('one', { configHash: 'another' })).map(({ lease }) => lease.id)).toEqual([
      begun?.lease.id,
    ]);
    expect(await world.claim('two', { configHash: 'another' })).toEqual([]);
    expect(await world.claim('two')).toHaveLength(1);
  });
});
