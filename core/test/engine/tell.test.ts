import { expect, it } from 'vitest';
import { readEvents } from '../../src/store/events.ts';
import { makeApproval, makePipeline, makeStage } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';

describeWorlds('what is told', (open) => {
  it('is told in the order in which it happened', async () => {
    const live = { ...makeStage('live'), approval: makeApproval() };
    const world = await open(makePipeline('p', { stages: [makeStage('build'), live] }));
    await world.publish('a', ['1.0.0']);
    await world.work();
    await world.approve('p/1/live');
    await world.work();
    const events = await world.store.read((tx) => readEvents(tx, 0, 100));
    expect(events.map(({ type, subject }) => `${type} ${subject}`)).toEqual([
      'pipelinerun.queued p/1',
      'stage.started p/1/build',
      'pipelinerun.started p/1',
      'taskrun.started p/1/build/work',
      'taskrun.finished p/1/build/work',
      'stage.finished p/1/build',
      'stage.waiting p/1/live',
      'pipelinerun.started p/1',
      'stage.started p/1/live',
      'taskrun.started p/1/live/work',
      'taskrun.finished p/1/live/work',
      'stage.finished p/1/live',
      'pipelinerun.finished p/1',
    ]);
  });
});
