import { expect, it } from 'vitest';
import { dependOn, listenTo } from '../configs.ts';
import { describeWorlds } from '../describe-worlds.ts';
import { Hands } from '../hands.ts';
import { sayRefusal } from '../say-refusal.ts';
import { makeLevel } from './level.ts';

const pipelines = [
  makeLevel('left', listenTo('a')),
  makeLevel('right', listenTo('a')),
  makeLevel('p', dependOn('left', 'manual'), dependOn('right', 'manual'), listenTo('a', 'manual')),
];

describeWorlds('fan-in by hand', (open) => {
  it('rolls back: an older run brings all that agrees with it', async () => {
    const world = await open(...pipelines);
    const hands = new Hands(world);
    for (const version of ['1.0.0', '2.0.0']) {
      await world.publish('a', [version]);
      const run = version.slice(0, 1);
      await hands.pass(`left/${run}`, `right/${run}`);
    }
    await world.trigger('p');
    await hands.pass('p/1');
    await world.trigger('p', { materials: { left: 1 } });
    await hands.pass('p/2');
    await world.trigger('p', { materials: { 'npmjs/a': '1.0.0' } });
    expect(await world.summary()).toEqual([
      '1 left#2 right#2 a@2.0.0 passed',
      '2 left#1 right#1 a@1.0.0 passed',
      '3 left#1 right#1 a@1.0.0 running',
    ]);
  });

  it('refuses what does not agree, and says why', async () => {
    const world = await open(...pipelines);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('left/1', 'right/1');
    await world.publish('a', ['2.0.0']);
    await hands.pass('left/2');
    const refused = await world.trigger('p', { materials: { left: 2, right: 1 } });
    expect(refused.refusal?.code).toBe('set-missing');
    expect(sayRefusal(refused)).toBe(
      'p cannot run with this: the versions and runs that were chosen do not agree with each other',
    );
    expect(sayRefusal(await world.trigger('p', { materials: { left: 2 } }))).toBe(
      'p cannot run with this: waits for right to pass with npmjs/a 2.0.0 (left has)',
    );
    expect((await world.trigger('p', { materials: { right: 2 } })).refusal?.code).toBe('run-not-passed');
    expect((await world.trigger('p', { materials: { right: 9 } })).refusal?.code).toBe('run-unknown');
    expect(await world.summary()).toEqual([]);
    expect((await world.outcomes()).filter((each) => each.endsWith('refused'))).toHaveLength(4);
  });

  it('takes what last passed a stage of a pipeline', async () => {
    const world = await open(...pipelines);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('left/1', 'right/1');
    await world.publish('a', ['2.0.0']);
    await hands.pass('left/2');
    await world.trigger('p', {
      materials: { 'npmjs/a': { passed: { pipeline: 'right', stage: 'deploy' } } },
    });
    expect(await world.summary()).toEqual(['1 left#1 right#1 a@1.0.0 running']);
  });

  it('refuses a run with a withdrawn revision behind it, unless somebody who may overrides that', async () => {
    const world = await open(...pipelines);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('left/1', 'right/1');
    await world.amend('a', '1.0.0', { state: 'withdrawn' });
    const materials = { left: 1, right: 1 };
    expect((await world.trigger('p', { materials })).refusal?.code).toBe('run-barred');
    const { run: counter } = await world.trigger('p', {
      materials,
      override: true,
      comment: 'the registry is wrong',
    });
    expect(counter).toBe(1);
    expect(await world.summary()).toEqual(['1 left#1 right#1 a@1.0.0 running']);
    expect((await world.runs())[0]?.cause).toContain('the registry is wrong');
  });

  it('does not keep what was chosen by hand from starting by itself', async () => {
    const world = await open(makeLevel('left', listenTo('a')), makeLevel('p', dependOn('left')));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await world.pause('p', 'a quiet hour');
    await hands.pass('left/1');
    expect((await world.trigger('p')).refusal?.code).toBe('pipeline-paused');
    await world.pause('p', null);
    await world.trigger('p', { materials: { left: 1 } });
    await hands.pass('p/1', 'p/2');
    expect(await world.summary()).toEqual(['1 left#1 passed', '2 left#1 passed']);
  });
});
