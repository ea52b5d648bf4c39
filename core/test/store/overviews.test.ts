import { expect, it } from 'vitest';
import { listDecisions } from '../../src/store/decisions.ts';
import { type LatestRequest, listLatestRuns } from '../../src/store/latest-runs.ts';
import { readDecisionsOfPackage } from '../../src/store/package-decisions.ts';
import { findPackages } from '../../src/store/pipelines.ts';
import { listWaitingStages } from '../../src/store/waiting.ts';
import { dependOn, listenTo, makeApproval, makePipeline, makeStage, runJob } from '../engine/configs.ts';
import { describeWorldsContract } from '../engine/describe-worlds.ts';
import type { World } from '../engine/world.ts';

const every = (name: string) =>
  makePipeline(name, { materials: [listenTo('a', 'every')], stages: [makeStage('deploy')] });
const versions = ['1.0.0', '1.1.0', '1.2.0'];

async function publish(world: World): Promise<void> {
  await world.publish('a', versions);
  for (let round = 0; round < 6; round++) await world.work();
}

describeWorldsContract('what overviews show', (open) => {
  it('is the newest runs of each pipeline, with what they pinned and how their stages are', async () => {
    const world = await open(every('p'), every('q'), makePipeline('after', { materials: [dependOn('p')] }));
    await publish(world);
    const read = async (request: LatestRequest) => {
      const runs = await world.store.read((tx) => listLatestRuns(tx, request));
      return Object.fromEntries([...runs].map(([name, list]) => [name, list.map(({ counter }) => counter)]));
    };
    expect(await read({ most: 1 })).toMatchObject({ p: [3], q: [3] });
    expect(await read({ most: 2, pipelines: ['q'] })).toEqual({ q: [3, 2] });
    expect(await read({ most: 9, pipelines: ['p'] })).toEqual({ p: [3, 2, 1] });
    expect(await read({ most: 9, pipelines: [] })).toEqual({});

    const latest = await world.store.read((tx) => listLatestRuns(tx, { most: 2 }));
    expect(latest.get('p')?.[0]).toMatchObject({
      status: 'passed',
      stages: [{ name: 'deploy', status: 'passed' }],
      materials: [{ material: 'npmjs/a', pinned: '1.2.0', changed: true }],
    });
    expect(latest.get('after')?.[0]).toMatchObject({
      materials: [{ material: 'p', pinned: '3', changed: true }],
    });
  });

  it('is of a stage that was run again the newest time', async () => {
    const world = await open(every('p'));
    await publish(world);
    await world.rerun('p/3/deploy');
    const latest = await world.store.read((tx) => listLatestRuns(tx, { most: 1 }));
    expect(latest.get('p')?.[0]?.stages).toEqual([{ name: 'deploy', status: 'running' }]);
  });

  it('is what waits for approval, longest first, and since when', async () => {
    const stages = [makeStage('deploy', [runJob('work')], makeApproval({ expiresMs: 1_000 }))];
    const options = { materials: [listenTo('a', 'every')], stages };
    const world = await open(makePipeline('p', options), makePipeline('q', options));
    await world.publish('a', ['1.0.0', '1.1.0']);
    const waiting = await world.store.read((tx) => listWaitingStages(tx, { limit: 10, pipelines: ['p'] }));
    expect(waiting.map(({ counter }) => counter)).toEqual([1, 2]);
    for (const { readyAt, expiresAt } of waiting) expect(expiresAt).toBe((readyAt ?? 0) + 1_000);
    // What one may not see takes no place of what one may.
    for (const pipeline of ['p', 'q']) {
      const [first] = await world.store.read((tx) =>
        listWaitingStages(tx, { limit: 1, pipelines: [pipeline] }),
      );
      expect(first).toMatchObject({ pipeline, counter: 1 });
    }
    expect(await world.store.read((tx) => listWaitingStages(tx, { limit: 10 }))).toHaveLength(4);
  });

  it('is what was decided about each version: some of it, how much there is, and of some pipelines only', async () => {
    const world = await open(every('p'), every('q'));
    await publish(world);
    const packageId = (
      await world.store.read((tx) => findPackages(tx, [{ repository: 'npmjs', package: 'a' }]))
    ).get('npmjs/a');
    const read = (most: number, pipelines?: readonly string[]) =>
      world.store.read((tx) =>
        readDecisionsOfPackage(tx, { packageId: packageId ?? 0, versions, most, pipelines }),
      );
    const all = await read(100);
    expect([...all.keys()].toSorted()).toEqual(versions);
    const { count = 0, newest = [] } = all.get('1.1.0') ?? {};
    expect(newest).toHaveLength(count);
    expect((await read(1)).get('1.1.0')).toEqual({ count, newest: newest.slice(0, 1) });
    const ofQ = newest.filter(({ pipeline }) => pipeline === 'q');
    expect((await read(100, ['q'])).get('1.1.0')).toEqual({ count: ofQ.length, newest: ofQ });
    expect((await read(100, [])).size).toBe(0);

    const about = { packageId: packageId ?? 0, version: '1.1.0' };
    const listed = await world.store.read((tx) => listDecisions(tx, undefined, { about, limit: 100 }));
    expect(listed.items).toEqual(newest);
  });
});
