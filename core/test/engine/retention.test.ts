import { expect, it } from 'vitest';
import { deleteOld } from '../../src/engine/retention.ts';
import { readEvents } from '../../src/store/events.ts';
import { appendLog, readJobLog } from '../../src/store/logs.ts';
import { insertPoll, listPolls } from '../../src/store/polls.ts';
import { listenTo, makePipeline, makeStage } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';
import { failed } from './world.ts';

const pipeline = makePipeline('p', { materials: [listenTo('a', 'every')], stages: [makeStage('build')] });
const address = { pipeline: 'p', counter: 4, stage: 'build', job: 'work' };
const never = new AbortController().signal;
const long = Number.MAX_SAFE_INTEGER;
const keepAll = { logsMs: 0, pollsMs: 0, decisionsMs: 0, runs: 1000 };

describeWorlds('retention', (open) => {
  it('keeps the newest runs that have ended, every run that has not, and every trigger', async () => {
    const world = await open(pipeline);
    await world.publish('a', ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0']);
    for (let round = 0; round < 4; round++) await world.work();
    await deleteOld(world.store, { ...keepAll, runs: 2 }, 0, never);
    expect(await world.summary()).toEqual(['3 a@1.2.0 passed', '4 a@1.3.0 passed', '5 a@1.4.0 running']);
    const triggers = await world.store.transact((tx) => tx.db.selectFrom('trigger').select('id').execute());
    expect(triggers).toHaveLength(5);
    await world.publish('a', ['1.5.0']);
    expect((await world.decisions()).at(0)?.run).toBeNull();
  });

  it('keeps the run that brought what is at a level, however old it is', async () => {
    const deploying = makePipeline('p', { stages: [{ ...makeStage('build'), level: 'production' }] });
    const world = await open(deploying);
    await world.adopt([deploying], { levels: ['production'] });
    await world.publish('a', ['1.0.0']);
    await world.work();
    for (const version of ['1.1.0', '1.2.0', '1.3.0', '1.4.0']) {
      await world.publish('a', [version]);
      await world.work(failed);
    }
    await deleteOld(world.store, { ...keepAll, runs: 2 }, 0, never);
    expect(await world.summary()).toEqual([
      '1 a@1.0.0 passed',
      '3 a@1.2.0 failed',
      '4 a@1.3.0 failed',
      '5 a@1.4.0 failed',
    ]);
  });

  it('deletes decisions, events, polls and logs by their age', async () => {
    const world = await open(pipeline);
    await world.publish('a', ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0']);
    for (let round = 0; round < 3; round++) await world.work();
    const [job] = await world.claim();
    if (!job) throw new Error('run 4 is due');
    await world.store.transact(async (tx) => {
      await appendLog(tx, job.lease.id, 'out', 3);
      const counts = { packages: 1, problems: 0, revisions: 0, requests: 1, bytes: 1, problem: undefined };
      await insertPoll(tx, { repositoryId: 1, startedAt: 1, finishedAt: 2, outcome: 'ok', ...counts });
    });
    const left = () =>
      world.store.transact(async (tx) => ({
        events: (await readEvents(tx, 0, 1000)).length,
        polls: (await listPolls(tx, 'npmjs', { limit: 10 })).items.length,
        log: (await readJobLog(tx, address))?.text,
      }));
    await deleteOld(world.store, keepAll, 0, never);
    await deleteOld(world.store, { ...keepAll, logsMs: 0 }, long, AbortSignal.abort());
    expect(await left()).toMatchObject({ polls: 1, log: 'out' });
    expect((await left()).events).toBeGreaterThan(0);
    await deleteOld(world.store, keepAll, long, never);
    expect(await left()).toEqual({ events: 0, polls: 0, log: 'out' });
    expect(await world.decisions()).toEqual([]);
    await world.end(job);
    await deleteOld(world.store, keepAll, long, never);
    expect((await left()).log).toBe('');
    expect(await world.summary()).toHaveLength(5);
  });
});
