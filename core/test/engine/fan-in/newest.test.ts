import { expect, it } from 'vitest';
import { dependOn, listenTo } from '../configs.ts';
import { describeWorlds } from '../describe-worlds.ts';
import { Hands } from '../hands.ts';
import { makeLevel } from './level.ts';

describeWorlds('of what waits while a pipeline is busy', (open) => {
  it('the newest set is started, although an older pass would take part of it', async () => {
    const world = await open(
      makeLevel('x', listenTo('a')),
      makeLevel('y', listenTo('b')),
      makeLevel('p', dependOn('x'), dependOn('y')),
    );
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0'], ['x']);
    await world.trigger('x');
    await hands.pass('x/1');
    await hands.pass('x/2');
    await world.publish('b', ['1.0.0'], ['y']);
    await hands.pass('y/1');
    await world.publish('b', ['2.0.0'], ['y']);
    await hands.pass('y/2');
    await hands.pass('p/1');
    expect(await world.summary()).toEqual(['1 x#2 y#1 passed', '2 x#2 y#2 running']);
    await hands.pass('p/2');
    expect(await world.runs()).toHaveLength(2);
    expect((await world.decisions()).at(-1)).toMatchObject({ outcome: 'superseded', materials: { x: 1 } });
  });

  it('an older pass is started for which the others are there, and the newer one later', async () => {
    const world = await open(
      makeLevel('x', listenTo('a'), listenTo('b')),
      makeLevel('y', listenTo('a')),
      makeLevel('p', dependOn('x'), dependOn('y')),
    );
    const hands = new Hands(world);
    await world.publish('b', ['1.0.0'], ['x']);
    await world.publish('a', ['1.0.0'], ['x', 'y']);
    await hands.pass('x/1', 'y/1');
    await world.publish('b', ['2.0.0'], ['x']);
    await hands.pass('x/2');
    await world.publish('a', ['2.0.0'], ['x', 'y']);
    await hands.pass('x/3');
    await hands.pass('p/1');
    expect(await world.summary()).toEqual(['1 x#1 y#1 passed', '2 x#2 y#1 running']);
    await hands.pass('p/2', 'y/2');
    expect((await world.summary()).at(-1)).toBe('3 x#3 y#2 running');
  });
});
