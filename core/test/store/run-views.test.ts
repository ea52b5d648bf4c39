import { expect, it } from 'vitest';
import { listDecisions } from '../../src/store/decisions.ts';
import { listRuns, readRun } from '../../src/store/run-views.ts';
import { listenTo, makePipeline, makeStage } from '../engine/configs.ts';
import { describeWorldsContract } from '../engine/describe-worlds.ts';

describeWorldsContract('lists', (open) => {
  it('of runs and decisions come newest first, in parts', async () => {
    const world = await open(
      makePipeline('p', { materials: [listenTo('a', 'every')], stages: [makeStage('build')] }),
    );
    await world.publish('a', ['1.0.0', '1.1.0', '1.2.0']);
    for (let round = 0; round < 3; round++) await world.work();
    const seen: number[] = [];
    for (let after: number | undefined; ; ) {
      const { items, next } = await world.store.transact((tx) => listRuns(tx, 'p', { after, limit: 2 }));
      seen.push(...items.map(({ counter }) => counter));
      if (next === null) break;
      after = next;
    }
    expect(seen).toEqual([3, 2, 1]);
    const first = await world.store.transact((tx) => listDecisions(tx, 'p', { limit: 1 }));
    expect(first.items[0]).toMatchObject({
      pipeline: 'p',
      outcome: 'started',
      materials: { 'npmjs/a': '1.2.0' },
      run: 3,
    });
    const rest = await world.store.transact((tx) =>
      listDecisions(tx, 'p', { after: first.next ?? 0, limit: 100 }),
    );
    expect([rest.items.length, rest.next]).toEqual([(await world.decisions()).length - 1, null]);
  });

  it('of one pipeline show nothing of another', async () => {
    const world = await open(makePipeline('p'), makePipeline('q'));
    await world.publish('a', ['1.0.0'], ['q']);
    expect((await world.runs('p')).length).toBe(0);
    expect(await world.store.transact((tx) => readRun(tx, 'p', 1))).toBeUndefined();
    expect((await world.store.transact((tx) => readRun(tx, 'q', 1)))?.pipeline).toBe('q');
  });
});
