import { expect, it } from 'vitest';
import { EndRecorder } from '../../src/engine/jobs/end-recorder.ts';
import { LeaseLost } from '../../src/store/leases.ts';
import { dependOn, makePipeline, makeStage } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';
import { failed, passed, type World } from './world.ts';

const names = ['p', 'q', 'r'];
const pipelines = [
  ...names.map((name) => makePipeline(name, { stages: [makeStage('deploy')] })),
  makePipeline('all', { materials: names.map((name) => dependOn(name)), stages: [makeStage('deploy')] }),
];

/** Records for a world, and counts its transactions. */
function record(world: World) {
  const told: string[] = [];
  const counted = { transactions: 0 };
  const store = {
    ...world.store,
    transact: ((work) => {
      counted.transactions++;
      return world.store.transact(work);
    }) as typeof world.store.transact,
  };
  const recorder = new EndRecorder({
    store,
    inForce: () => world.options(),
    onRecorded: (ended, { runs }) => {
      told.push(`${ended.length} ended`, ...runs.map(({ pipeline, status }) => `${pipeline} ${status}`));
    },
  });
  return { recorder, told, counted };
}

describeWorlds('ends of attempts', (open) => {
  it('that come together are recorded together, and what waits for all of them is looked at once', async () => {
    const world = await open(...pipelines);
    await world.publish('a', ['1.0.0'], names);
    const jobs = await world.claim();
    const { recorder, told, counted } = record(world);
    await Promise.all(jobs.map((job) => recorder.record({ ...job, outcome: passed })));
    expect(counted.transactions).toBe(1);
    expect(told.filter((line) => !line.startsWith('all'))).toEqual([
      '3 ended',
      'p passed',
      'q passed',
      'r passed',
    ]);
    expect(await world.summary('all')).toEqual(['1 p#1 q#1 r#1 running']);
    const outcomes = (await world.decisions('all')).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['started']));
  });

  it('that come meanwhile wait for the next transaction', async () => {
    const world = await open(...pipelines);
    await world.publish('a', ['1.0.0'], names);
    const [first, second, third] = await world.claim();
    if (!first || !second || !third) throw new Error('three jobs are due');
    const { recorder, counted } = record(world);
    const recording = [recorder.record({ ...first, outcome: passed })];
    await new Promise(setImmediate);
    recording.push(
      recorder.record({ ...second, outcome: failed }),
      recorder.record({ ...third, outcome: passed }),
    );
    await Promise.all(recording);
    expect(counted.transactions).toBe(2);
    expect([...(await world.summary('p')), ...(await world.summary('q'))]).toEqual([
      '1 a@1.0.0 passed',
      '1 a@1.0.0 failed',
    ]);
  });

  it('are refused alone where another node has the attempt by now', async () => {
    const world = await open(...pipelines);
    await world.publish('a', ['1.0.0'], names);
    const [lost, ...kept] = await world.claim();
    if (!lost) throw new Error('three jobs are due');
    const { recorder } = record(world);
    const stale = { ...lost, lease: { ...lost.lease, fence: lost.lease.fence - 1 } };
    const ends = await Promise.allSettled(
      [stale, ...kept].map((job) => recorder.record({ ...job, outcome: passed })),
    );
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(ends[0]).toMatchObject({ reason: new LeaseLost(stale.lease) });
    expect([...(await world.summary('p')), ...(await world.summary('q'))]).toEqual([
      '1 a@1.0.0 running',
      '1 a@1.0.0 passed',
    ]);
  });

  it('are tried one by one where they cannot be recorded together', async () => {
    const world = await open(...pipelines);
    await world.publish('a', ['1.0.0'], names);
    const [broken, ...sound] = await world.claim();
    if (!broken) throw new Error('three jobs are due');
    const { recorder } = record(world);
    const { run } = broken.facts;
    const unfit = {
      ...broken,
      facts: { ...broken.facts, run: { ...run, pipelineId: 999 } },
      outcome: passed,
    };
    const ends = await Promise.allSettled([
      recorder.record(unfit),
      ...sound.map((job) => recorder.record({ ...job, outcome: passed })),
    ]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect([...(await world.summary('p')), ...(await world.summary('q'))]).toEqual([
      '1 a@1.0.0 running',
      '1 a@1.0.0 passed',
    ]);
  });
});
