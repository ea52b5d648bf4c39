import { expect, it } from 'vitest';
import { loadListenings } from '../../src/store/listeners.ts';
import { listPipelines } from '../../src/store/pipeline-views.ts';
import { listenTo, makePipeline } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';

describeWorlds('adopting the pipelines of a configuration', (open) => {
  it('changes nothing the second time', async () => {
    const world = await open(makePipeline('p'), makePipeline('q'));
    await world.publish('a', ['1.0.0', '1.1.0']);
    const before = [await world.runs('p'), await world.decisions('p')];
    await world.adopt([makePipeline('p'), makePipeline('q')]);
    expect([await world.runs('p'), await world.decisions('p')]).toEqual(before);
    expect(await world.store.transact(listPipelines)).toMatchObject([
      { name: 'p', paused: null, waiting: 0, lastRun: { counter: 1, label: '1-1.1.0', status: 'running' } },
      { name: 'q', lastRun: { counter: 1 } },
    ]);
  });

  it('cancels what waits in a pipeline that was removed, and says so; what runs there ends by itself', async () => {
    const pipeline = makePipeline('p', { materials: [listenTo('a', 'every')] });
    const world = await open(pipeline);
    await world.publish('a', ['1.0.0', '1.1.0', '1.2.0']);
    await world.work();
    const jobs = await world.claim();
    expect(await world.summary()).toEqual(['1 a@1.0.0 running', '2 a@1.1.0 running']);
    const [deploying, building] = jobs;
    if (!deploying || !building) throw new Error('run 1 deploys while run 2 builds');
    await world.end(building);
    await world.adopt([]);
    expect(await world.summary()).toEqual(['1 a@1.0.0 running', '2 a@1.1.0 cancelled', '3 a@1.2.0 running']);
    await world.end(deploying);
    expect(await world.work()).toEqual(['p/3/build/work']);
    expect(await world.claim()).toEqual([]);
    expect(await world.summary()).toEqual(['1 a@1.0.0 passed', '2 a@1.1.0 cancelled', '3 a@1.2.0 cancelled']);
    const refused = (await world.decisions()).filter(({ outcome }) => outcome === 'refused');
    expect(refused.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('removed from the configuration'),
    ]);
  });

  it('drops the triggers that wait in a removed pipeline, and does not bring them back with it', async () => {
    const world = await open(makePipeline('p'));
    await world.pause('p', 'so that it waits');
    await world.publish('a', ['1.0.0']);
    await world.adopt([]);
    expect((await world.decisions()).at(-1)).toMatchObject({
      outcome: 'refused',
      materials: { 'npmjs/a': '1.0.0' },
    });
    await world.adopt([makePipeline('p')]);
    await world.pause('p', null);
    expect(await world.runs()).toEqual([]);
  });

  it('drops the triggers of a package that a pipeline listens to no more', async () => {
    const world = await open(makePipeline('p', { materials: [listenTo('a'), listenTo('b')] }));
    await world.publish('a', ['1.0.0']);
    await world.adopt([makePipeline('p', { materials: [listenTo('b')] })]);
    expect((await world.outcomes()).at(-1)).toBe('1.0.0 refused');
    const listenings = await world.store.transact(loadListenings);
    expect(listenings.map(({ active }) => active).sort()).toEqual([false, true]);
  });

  it('lets a pipeline that listens again take a first look again', async () => {
    const world = await open(makePipeline('p'));
    await world.store.transact((tx) => tx.db.updateTable('listener').set({ since: 1 }).execute());
    await world.adopt([makePipeline('p', { materials: [listenTo('a', 'every')] })]);
    expect(await world.store.transact(loadListenings)).toMatchObject([
      { mode: 'every', active: true, baseline: false },
    ]);
    await world.adopt([]);
    await world.adopt([makePipeline('p')]);
    expect(await world.store.transact(loadListenings)).toMatchObject([
      { mode: 'latest', active: true, baseline: true },
    ]);
  });

  it('starts what waited for another configuration', async () => {
    const world = await open(makePipeline('p'));
    const active = world.config;
    world.config = { ...active, hash: 'another' };
    await world.publish('a', ['1.0.0']);
    expect(await world.runs()).toEqual([]);
    await world.adopt([makePipeline('p')]);
    expect(await world.summary()).toEqual(['1 a@1.0.0 running']);
  });
});
