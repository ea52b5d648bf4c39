import { expect, it } from 'vitest';
import { dependOn, listenTo, makePipeline, makeStage } from '../configs.ts';
import { describeWorlds } from '../describe-worlds.ts';
import { Hands } from '../hands.ts';
import { makeLevel } from './level.ts';

const sides = [makeLevel('left', listenTo('a')), makeLevel('right', listenTo('a'))];
const diamond = [...sides, makeLevel('p', dependOn('left'), dependOn('right'))];

describeWorlds('fan-in, when something is run again', (open) => {
  it('takes a run whose stage passes at last', async () => {
    const world = await open(...diamond);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.fail('left/1');
    await hands.pass('right/1');
    await world.rerun('left/1/deploy');
    await hands.pass('left/1');
    expect(await world.summary()).toEqual(['1 left#1 right#1 running']);
  });

  it('takes no run whose stage is being run again, or failed then', async () => {
    const world = await open(...diamond);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('left/1');
    await world.rerun('left/1/deploy');
    await hands.pass('right/1');
    expect(await world.summary()).toEqual([]);
    expect((await world.decisions()).at(-1)?.reason).toBe(
      'waits for left to pass with npmjs/a 1.0.0 (right has)',
    );
    await hands.fail('left/1');
    expect(await world.summary()).toEqual([]);
    await world.rerun('left/1/deploy');
    await hands.pass('left/1');
    expect(await world.summary()).toEqual(['1 left#1 right#1 running']);
    expect(
      (await world.decisions()).filter(({ outcome }) => outcome === 'superseded').map(({ reason }) => reason),
    ).toEqual(['left 1 was run again from deploy on; what comes of that decides']);
  });

  it('starts no set twice', async () => {
    const world = await open(...diamond);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('left/1', 'right/1', 'p/1');
    await world.rerun('left/1/deploy');
    await hands.pass('left/1');
    await world.rerun('right/1/deploy');
    await hands.pass('right/1');
    expect(await world.summary()).toEqual(['1 left#1 right#1 passed']);
    expect((await world.decisions()).at(-1)).toMatchObject({
      outcome: 'superseded',
      reason: 'the same set of materials has started run 1 already',
    });
  });

  it('does not go back to an older version because it passes later', async () => {
    const world = await open(...diamond);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.fail('left/1');
    await hands.pass('right/1');
    await world.publish('a', ['2.0.0']);
    await hands.pass('left/2', 'right/2', 'p/1');
    await world.rerun('left/1/deploy');
    await hands.pass('left/1');
    expect(await world.summary()).toEqual(['1 left#2 right#2 passed']);
    expect((await world.decisions()).at(-1)).toMatchObject({
      outcome: 'superseded',
      reason: 'npmjs/a 1.0.0 is lower than 2.0.0, which run 1 had, and trigger: latest never goes down',
    });
  });

  it('does not go back to older runs of the same version', async () => {
    const world = await open(...sides.slice(0, 1), makeLevel('p', dependOn('left')));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.fail('left/1');
    await world.trigger('left');
    await hands.pass('left/2', 'p/1');
    await world.rerun('left/1/deploy');
    await hands.pass('left/1');
    expect(await world.summary()).toEqual(['1 left#2 passed']);
    expect((await world.decisions()).at(-1)).toMatchObject({
      outcome: 'superseded',
      reason:
        'what goes with left 1 has the revisions of run 1, from older runs, and trigger: latest never goes back',
    });
  });

  it('keeps to the run that is behind it when a stage before the one that is listened to is run again', async () => {
    const left = makePipeline('left', {
      label: '${COUNT}',
      stages: [makeStage('build'), makeStage('deploy')],
    });
    const world = await open(left, makeLevel('p', dependOn('left')));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('left/1/build', 'left/1/deploy', 'p/1');
    await world.rerun('left/1/build');
    await hands.pass('left/1/build', 'left/1/deploy');
    expect((await world.runs('left'))[0]?.stages.map(({ name, counter }) => `${name} ${counter}`)).toEqual([
      'build 1',
      'build 2',
      'deploy 1',
      'deploy 2',
    ]);
    expect(await world.summary()).toEqual(['1 left#1 passed']);
  });

  it('goes by identity where the clock goes back', async () => {
    const world = await open(...diamond);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('left/1');
    world.setClock(1000);
    await world.publish('a', ['2.0.0']);
    await hands.pass('left/2', 'right/1');
    expect(await world.summary()).toEqual(['1 left#1 right#1 running']);
    await hands.pass('p/1');
    await hands.take();
    world.setClock(10);
    await hands.pass('right/2');
    expect((await world.summary()).at(-1)).toBe('2 left#2 right#2 running');
  });

  it('goes on after the process has died at any point', async () => {
    const world = await open(...diamond);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    for (const name of ['left/1', 'right/1', 'p/1']) {
      await hands.take();
      await world.reopen();
      hands.drop();
      await world.look();
      await hands.pass(name);
    }
    expect(await world.summary()).toEqual(['1 left#1 right#1 passed']);
  });
});
