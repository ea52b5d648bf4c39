import { expect, it } from 'vitest';
import { until } from '../../../test/support/until.ts';
import type { Store } from '../../src/store/store.ts';
import { listenTo, makePipeline, makeStage, runJob } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';
import { Disk, perform, untilEnded } from './performing.ts';

class Dead extends Error {}

/**
 * A store of a process that dies at its `at`-th transaction: before it is committed, or after and nobody
 * hears of it.
 */
function dieAt(store: Store, at: number, when: 'before' | 'after') {
  let count = 0;
  const died = () => count > at || (count === at && when === 'before');
  const mortal: Store = {
    ...store,
    async transact(work) {
      count++;
      if (died()) throw new Dead('the process is dead');
      const [dies, result] = [count === at, await store.transact(work)];
      if (dies) {
        count++;
        throw new Dead('the process died after the commit');
      }
      return result;
    },
  };
  return { store: mortal, isDead: () => count > at || died() };
}

describeWorlds('a node that dies at any transaction', (open) => {
  it('leaves nothing undone and nothing done twice', async () => {
    const disk = new Disk();
    const command = `echo $GO_PIPELINE_LABEL $GO_STAGE_NAME >> ${disk.done}`;
    const stages = ['build', 'deploy'].map((name) => makeStage(name, [runJob('work', { command })]));
    const world = await open(makePipeline('p', { materials: [listenTo('a', 'every')], stages }));
    const expected: string[] = [];
    for (let at = 1; at <= 16; at++) {
      for (const when of ['before', 'after'] as const) {
        const counter = expected.length / 2 + 1;
        expected.push(`${counter}-1.${counter}.0 build`, `${counter}-1.${counter}.0 deploy`);
        await world.publish('a', [`1.${counter}.0`]);
        const { store, isDead } = dieAt(world.store, at, when);
        const mortal = perform(world, disk, { store });
        await until(async () => isDead() || (await world.runs()).at(-1)?.finishedAt != null);
        await mortal.stop();
        const next = perform(world, disk);
        expect((await untilEnded(world, counter)).status).toBe('passed');
        await next.stop();
        expect(disk.lines()).toEqual(expected);
      }
    }
  });
});
