import { expect, it } from 'vitest';
import { listDecisions } from '../../src/store/decisions.ts';
import { readDecisionsOfPackage } from '../../src/store/package-decisions.ts';
import { findPackages } from '../../src/store/pipelines.ts';
import { dependOn, listenTo, makePipeline, makeStage } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';
import { Hands } from './hands.ts';
import type { World } from './world.ts';

async function listStarts(world: World, pipeline: string): Promise<readonly string[]> {
  const decisions = await world.decisions(pipeline);
  return decisions.filter(({ outcome }) => outcome === 'started').map(({ reason }) => reason);
}

describeWorlds('a start by fan-in', (open) => {
  it('of several passes is recorded once, with what it took of each', async () => {
    const stages = [makeStage('deploy')];
    const world = await open(
      makePipeline('one', { stages }),
      makePipeline('two', { stages }),
      makePipeline('all', { stages, materials: [dependOn('one'), dependOn('two')] }),
    );
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await hands.pass('one/1', 'two/1');
    expect(await listStarts(world, 'all')).toEqual(['one 1 passed deploy; two 1 passed deploy']);
    const [start] = (await world.decisions('all')).filter(({ outcome }) => outcome === 'started');
    expect(start).toMatchObject({ run: 1, materials: { one: 1, two: 1 }, upstream: { counter: 1 } });
  });

  it('of several publications is recorded once, and found by the version of each', async () => {
    const materials = [listenTo('a'), listenTo('b')];
    const world = await open(makePipeline('p', { materials, stages: [makeStage('deploy')] }));
    await world.publish('a', ['1.0.0']);
    await world.publish('b', ['2.0.0']);
    expect(await listStarts(world, 'p')).toEqual([
      'npmjs/a 1.0.0 was published; npmjs/b 2.0.0 was published',
    ]);
    for (const [name, version] of [
      ['a', '1.0.0'],
      ['b', '2.0.0'],
    ] as const) {
      const found = await world.store.read((tx) =>
        findPackages(tx, [{ repository: 'npmjs', package: name }]),
      );
      const packageId = found.get(`npmjs/${name}`) ?? 0;
      const { items } = await world.store.read((tx) =>
        listDecisions(tx, 'p', { about: { packageId, version }, limit: 9 }),
      );
      expect(items.filter(({ outcome }) => outcome === 'started')).toHaveLength(1);
      const request = { packageId, versions: [version], most: 9, pipelines: undefined };
      const shown = (await world.store.read((tx) => readDecisionsOfPackage(tx, request))).get(version);
      expect(shown?.newest.map(({ outcome }) => outcome)).toEqual(items.map(({ outcome }) => outcome));
      expect(shown?.count).toBe(items.length);
    }
  });

  it('is about the versions that started it, not about those that it took along', async () => {
    const materials = [listenTo('a'), listenTo('b')];
    const world = await open(makePipeline('p', { materials, stages: [makeStage('deploy')] }));
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    await world.publish('b', ['2.0.0']);
    await hands.pass('p/1');
    await world.publish('a', ['1.1.0']);
    const found = await world.store.read((tx) => findPackages(tx, [{ repository: 'npmjs', package: 'b' }]));
    const packageId = found.get('npmjs/b') ?? 0;
    const about = { packageId, version: undefined };
    const { items } = await world.store.read((tx) =>
      listDecisions(tx, 'p', { about, outcome: 'started', limit: 9 }),
    );
    expect(items.map(({ run }) => run)).toEqual([1]);
  });
});
