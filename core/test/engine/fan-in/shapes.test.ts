import { expect, it } from 'vitest';
import { dependOn, listenTo } from '../configs.ts';
import { describeWorlds } from '../describe-worlds.ts';
import { Hands } from '../hands.ts';
import { makeLevel } from './level.ts';

const diamond = [
  makeLevel('acceptance', listenTo('a')),
  makeLevel('performance', listenTo('a')),
  makeLevel('p', dependOn('acceptance'), dependOn('performance')),
];

describeWorlds('a diamond', (open) => {
  it('starts once both sides have passed with the same version, and says meanwhile what it waits for', async () => {
    const world = await open(...diamond);
    const hands = new Hands(world);
    await world.publish('a', ['5.2.1']);
    await hands.pass('performance/1');
    expect(await world.summary()).toEqual([]);
    expect((await world.decisions()).at(-1)).toMatchObject({
      outcome: 'waits',
      reason: 'waits for acceptance to pass with npmjs/a 5.2.1 (performance has)',
      materials: { performance: 1 },
    });
    await hands.pass('acceptance/1');
    expect(await world.summary()).toEqual(['1 acceptance#1 performance#1 running']);
    expect((await world.runs())[0]?.cause).toBe('performance 1 passed deploy; acceptance 1 passed deploy');
    expect((await world.outcomes()).filter((outcome) => outcome.endsWith('started'))).toEqual([
      '1 1 started',
    ]);
  });

  it('never mixes versions, however the sides overtake each other', async () => {
    const world = await open(...diamond);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('acceptance/1');
    await world.publish('a', ['2.0.0']);
    await hands.pass('acceptance/2');
    await hands.pass('performance/1');
    expect(await world.summary()).toEqual(['1 acceptance#1 performance#1 running']);
    await hands.pass('p/1', 'performance/2');
    expect(await world.summary()).toEqual([
      '1 acceptance#1 performance#1 passed',
      '2 acceptance#2 performance#2 running',
    ]);
  });

  it('passes by a version that failed on one side', async () => {
    const world = await open(...diamond);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.fail('acceptance/1');
    await hands.pass('performance/1');
    await world.publish('a', ['2.0.0']);
    await hands.pass('performance/2', 'acceptance/2');
    expect(await world.summary()).toEqual(['1 acceptance#2 performance#2 running']);
    await hands.pass('p/1');
    expect(await world.summary()).toHaveLength(1);
    expect((await world.outcomes()).at(-1)).toBe('1 superseded');
  });

  it('is anchored by the package, too, where the pipeline listens to it itself', async () => {
    const world = await open(
      ...diamond.slice(0, 2),
      makeLevel('p', listenTo('a'), dependOn('acceptance'), dependOn('performance')),
    );
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('performance/1');
    expect((await world.decisions()).map(({ reason }) => reason)).toEqual([
      'waits for acceptance to pass with npmjs/a 1.0.0, and for performance to pass with npmjs/a 1.0.0',
      'waits for acceptance to pass with npmjs/a 1.0.0 (performance has)',
      'waits for acceptance to pass with npmjs/a 1.0.0 (performance has)',
    ]);
    await world.publish('a', ['2.0.0']);
    await hands.pass('acceptance/1');
    expect(await world.summary()).toEqual(['1 a@1.0.0 acceptance#1 performance#1 running']);
    await hands.pass('p/1', 'acceptance/2', 'performance/2');
    expect((await world.summary()).at(-1)).toBe('2 a@2.0.0 acceptance#2 performance#2 running');
  });
});

describeWorlds('a triangle', (open) => {
  it('takes the very run of the pipeline that is behind the other side', async () => {
    const world = await open(
      makeLevel('build', listenTo('a')),
      makeLevel('acceptance', dependOn('build')),
      makeLevel('p', dependOn('build'), dependOn('acceptance')),
    );
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('build/1');
    await world.publish('a', ['2.0.0']);
    await hands.pass('build/2');
    expect(await world.summary()).toEqual([]);
    await hands.pass('acceptance/1');
    expect(await world.summary()).toEqual(['1 build#1 acceptance#1 running']);
    await hands.pass('p/1', 'acceptance/2');
    expect((await world.summary()).at(-1)).toBe('2 build#2 acceptance#2 running');
  });

  it('says that it is the runs that have to be the same where the version is', async () => {
    const world = await open(
      makeLevel('build', listenTo('a')),
      makeLevel('acceptance', dependOn('build')),
      makeLevel('p', dependOn('build'), dependOn('acceptance')),
    );
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('build/1', 'acceptance/1', 'p/1');
    await world.trigger('build');
    await hands.pass('build/2');
    expect((await world.decisions()).at(-1)?.reason).toBe(
      'waits for acceptance to pass with npmjs/a 1.0.0 and the same runs behind it (build has)',
    );
    await hands.pass('acceptance/2');
    expect((await world.summary()).at(-1)).toBe('2 build#2 acceptance#2 running');
  });
});

describeWorlds('several levels', (open) => {
  it('know everything behind a run, transitively, packages and pipelines mixed', async () => {
    const world = await open(
      makeLevel('build', listenTo('a')),
      makeLevel('left', dependOn('build'), listenTo('b')),
      makeLevel('right', dependOn('build'), listenTo('b')),
      makeLevel('top', dependOn('left')),
      makeLevel('p', dependOn('top'), dependOn('right')),
    );
    const hands = new Hands(world);
    await world.publish('b', ['7.0.0']);
    await world.publish('a', ['1.0.0']);
    await hands.pass('build/1', 'left/1', 'right/1');
    await world.publish('b', ['8.0.0']);
    await hands.pass('right/2');
    await hands.pass('top/1');
    expect(await world.summary()).toEqual(['1 top#1 right#1 running']);
    await hands.pass('p/1', 'left/2', 'top/2');
    expect(await world.summary()).toEqual(['1 top#1 right#1 passed', '2 top#2 right#2 running']);
  });

  it('start once for a publication that reaches them by many ways', async () => {
    const world = await open(
      ...['l1', 'l2', 'l3'].map((name) => makeLevel(name, listenTo('a'))),
      ...['m1', 'm2'].map((name) =>
        makeLevel(name, dependOn('l1'), dependOn('l2'), dependOn('l3'), listenTo('a')),
      ),
      makeLevel('p', dependOn('m1'), dependOn('m2'), listenTo('a')),
    );
    await world.publish('a', ['1.0.0', '1.1.0']);
    while ((await world.work()).length > 0);
    expect(await world.summary()).toEqual(['1 m1#1 m2#1 a@1.1.0 passed']);
    for (const name of ['l1', 'l2', 'l3', 'm1', 'm2']) expect(await world.runs(name)).toHaveLength(1);
  });
});

describeWorlds('how a pipeline listens to another', (open) => {
  it('manual: its passes are used, and start nothing', async () => {
    const world = await open(
      makeLevel('build', listenTo('a')),
      makeLevel('tests', listenTo('b')),
      makeLevel('p', dependOn('build'), dependOn('tests', 'manual')),
    );
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('build/1');
    await world.publish('b', ['1.0.0']);
    await hands.pass('tests/1');
    expect(await world.summary()).toEqual(['1 build#1 tests#1 running']);
    await world.publish('b', ['2.0.0']);
    await hands.pass('p/1', 'tests/2');
    expect(await world.summary()).toEqual(['1 build#1 tests#1 passed']);
    expect((await world.decisions()).at(-1)?.reason).toBe(
      'tests 2 passed deploy: trigger: manual starts nothing by itself',
    );
    await world.publish('a', ['2.0.0']);
    await hands.pass('build/2');
    expect((await world.summary()).at(-1)).toBe('2 build#2 tests#2 running');
  });

  it('every: each pass has a run, in their order, and none is superseded', async () => {
    const world = await open(
      makeLevel('build', listenTo('a', 'every')),
      makeLevel('p', dependOn('build', 'every')),
    );
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0', '2.0.0', '3.0.0']);
    await hands.pass('build/1', 'build/2', 'build/3');
    await hands.pass('p/1', 'p/2', 'p/3');
    expect(await world.summary()).toEqual(['1 build#1 passed', '2 build#2 passed', '3 build#3 passed']);
  });

  it('from when it begins to: what passed before starts nothing', async () => {
    const build = makeLevel('build', listenTo('a'));
    const world = await open(build);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('build/1');
    await world.adopt([build, makeLevel('p', dependOn('build'))]);
    await world.look();
    expect(await world.summary()).toEqual([]);
    await world.publish('a', ['2.0.0']);
    await hands.pass('build/2');
    expect(await world.summary()).toEqual(['1 build#2 running']);
  });

  it('no more: what waits for it is dropped, and said', async () => {
    const world = await open(...diamond);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('performance/1');
    await world.adopt([...diamond.slice(0, 2), makeLevel('p', dependOn('acceptance'))]);
    expect((await world.decisions()).at(-1)).toMatchObject({
      outcome: 'refused',
      reason: 'the pipeline does not listen to this any more',
    });
    await hands.pass('acceptance/1');
    expect(await world.summary()).toEqual(['1 acceptance#1 running']);
  });
});
