import { expect, it } from 'vitest';
import { dependOn, listenTo } from '../configs.ts';
import { describeWorlds } from '../describe-worlds.ts';
import { Hands } from '../hands.ts';
import type { World } from '../world.ts';
import { makeLevel } from './level.ts';

const republished = { state: 'republished', unacknowledged: true, edition: 1 } as const;

function followPointer(world: World, name: string, version: string) {
  return world.store.transact((tx) =>
    tx.db
      .updateTable('package')
      .set((e) => ({ pointer: version, moves: e('moves', '+', 1) }))
      .where('name', '=', name)
      .execute(),
  );
}

describeWorlds('what trigger: latest had', (open) => {
  it('is the floor for every package behind a run, transitively', async () => {
    const world = await open(
      makeLevel('build', listenTo('a'), listenTo('b')),
      makeLevel('tests', listenTo('a')),
      makeLevel('p', dependOn('build')),
    );
    const hands = new Hands(world);
    await world.publish('b', ['1.0.0', '2.0.0']);
    await world.publish('a', ['1.0.0']);
    await hands.pass('build/1', 'p/1');
    await world.trigger('build', { materials: { 'npmjs/b': '1.0.0' } });
    await hands.pass('build/2');
    expect(await world.summary()).toEqual(['1 build#1 passed']);
    expect((await world.decisions()).at(-1)).toMatchObject({
      outcome: 'superseded',
      reason: 'npmjs/b 1.0.0 is lower than 2.0.0, which run 1 had, and trigger: latest never goes down',
    });
  });

  it('is no floor for what people start, nor is what they start a floor', async () => {
    const world = await open(makeLevel('build', listenTo('a', 'manual')), makeLevel('p', dependOn('build')));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0', '2.0.0', '3.0.0']);
    for (const version of ['1.0.0', '2.0.0'])
      await world.trigger('build', { materials: { 'npmjs/a': version } });
    await hands.pass('build/1', 'build/2', 'p/1', 'p/2');
    const { run: counter } = await world.trigger('p', { materials: { build: 1 } });
    expect(counter).toBe(3);
    await hands.pass('p/3');
    await world.trigger('build', { materials: { 'npmjs/a': '3.0.0' } });
    await hands.pass('build/3');
    expect(await world.summary()).toEqual([
      '1 build#1 passed',
      '2 build#2 passed',
      '3 build#1 passed',
      '4 build#3 running',
    ]);
  });

  it('is no floor any more once it is withdrawn', async () => {
    const world = await open(makeLevel('build', listenTo('a', 'manual')), makeLevel('p', dependOn('build')));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0', '2.0.0']);
    await world.trigger('build');
    await hands.pass('build/1', 'p/1');
    await world.amend('a', '2.0.0', { state: 'withdrawn' });
    await world.trigger('build');
    await hands.pass('build/2');
    expect(await world.summary()).toEqual(['1 build#1 passed', '2 build#2 running']);
  });

  it('is no floor for a package that follows a pointer, which may go back', async () => {
    const world = await open(makeLevel('build', listenTo('a', 'manual')), makeLevel('p', dependOn('build')));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0', '2.0.0']);
    await followPointer(world, 'a', '2.0.0');
    await world.trigger('build');
    await hands.pass('build/1', 'p/1');
    await followPointer(world, 'a', '1.0.0');
    await world.trigger('build');
    await hands.pass('build/2', 'p/2');
    expect(await world.summary()).toEqual(['1 build#1 passed', '2 build#2 passed']);
  });

  it('is no floor for trigger: every', async () => {
    const world = await open(
      makeLevel('build', listenTo('a', 'manual')),
      makeLevel('p', dependOn('build', 'every')),
    );
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0', '2.0.0']);
    for (const version of ['2.0.0', '1.0.0'])
      await world.trigger('build', { materials: { 'npmjs/a': version } });
    await hands.pass('build/1', 'build/2', 'p/1');
    expect(await world.summary()).toEqual(['1 build#1 passed', '2 build#2 running']);
  });
});

describeWorlds('fan-in and other bytes', (open) => {
  it('takes no run with republished bytes behind it, and takes it once they are acknowledged', async () => {
    const world = await open(
      makeLevel('left', listenTo('a')),
      makeLevel('right', listenTo('a')),
      makeLevel('p', dependOn('left'), dependOn('right')),
    );
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('left/1');
    await world.amend('a', '1.0.0', republished);
    await hands.pass('right/1');
    expect(await world.summary()).toEqual([]);
    expect((await world.outcomes()).at(-1)).toBe('1 held');
    await world.amend('a', '1.0.0', { state: 'published', unacknowledged: false });
    expect(await world.summary()).toEqual(['1 left#1 right#1 running']);
  });

  it('has its pipelines looked at when a revision far behind them is acknowledged, and no other', async () => {
    const world = await open(
      makeLevel('left', listenTo('a')),
      makeLevel('right', listenTo('b')),
      makeLevel('p', dependOn('left'), dependOn('right')),
    );
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('left/1');
    await world.amend('a', '1.0.0', republished);
    await world.publish('b', ['1.0.0']);
    await hands.pass('right/1');
    expect(await world.summary()).toEqual([]);
    await world.acknowledge('a', '1.0.0');
    expect(await world.summary()).toEqual(['1 left#1 right#1 running']);
  });

  it('does not take other bytes of the same version for the same', async () => {
    const world = await open(
      makeLevel('left', listenTo('a')),
      makeLevel('p', dependOn('left'), listenTo('a', 'manual')),
    );
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await world.amend('a', '1.0.0', { edition: 1 });
    await hands.pass('left/1');
    expect(await world.summary()).toEqual([]);
    expect((await world.decisions()).at(-1)?.reason).toBe(
      'there is no version yet that could go with it: npmjs/a',
    );
    await world.trigger('left');
    await hands.pass('left/2');
    expect(await world.summary()).toEqual(['1 left#2 a@1.0.0 running']);
  });
});
