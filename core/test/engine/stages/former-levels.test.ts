import { expect, it } from 'vitest';
import { makeConfig, makePipeline, makeStage } from '../configs.ts';
import { describeWorlds } from '../describe-worlds.ts';

const pipeline = makePipeline('p', { stages: [makeStage('live')] });

describeWorlds('a level that a node of a rolling upgrade does not know yet', (open) => {
  it('is free again once that node has ended the run that deployed there', async () => {
    const world = await open(pipeline);
    await world.adopt([pipeline], { levels: ['live'], hash: 'with levels' });
    await world.publish('a', ['1.0.0']);
    const [job] = await world.claim();
    if (!job) throw new Error('the run is in at once');
    const { config } = world;
    world.config = makeConfig([pipeline]);
    await world.end(job);
    world.config = config;
    await world.publish('a', ['1.1.0']);
    expect(await world.work()).toEqual(['p/2/live/work']);
  });
});
