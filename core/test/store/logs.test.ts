import { expect, it } from 'vitest';
import { appendLog, readJobLog, readLogOffset } from '../../src/store/logs.ts';
import { makePipeline, makeStage, runJob } from '../engine/configs.ts';
import { describeWorldsContract } from '../engine/describe-worlds.ts';

const doubt = { status: 'doubt', exitCode: null, message: null } as const;
const address = { pipeline: 'p', counter: 1, stage: 'build', job: 'work' };

describeWorldsContract('a job log', (open) => {
  it('is read in parts, from where the part before ended, over all attempts', async () => {
    const world = await open(
      makePipeline('p', { stages: [makeStage('build', [runJob('work', { onDoubt: 'restart' })])] }),
    );
    await world.publish('a', ['1.0.0']);
    const read = (after?: string) => world.store.transact((tx) => readJobLog(tx, address, after));
    expect(await read()).toEqual({ text: '', next: '0.0', complete: false });
    const [first] = await world.claim();
    if (!first) throw new Error('the job is due');
    for (let n = 1; n <= 20; n++)
      await world.store.transact((tx) => appendLog(tx, first.lease.id, `line ${n}\n`, n * 10));
    await world.end(first, doubt);
    const [second] = await world.claim();
    if (!second) throw new Error('the job is to be done again');
    expect(second.offset).toBe(0);
    await world.store.transact((tx) => appendLog(tx, second.lease.id, 'again\n', 6));
    await world.store.transact((tx) => appendLog(tx, second.lease.id, 'twice\n', 6));
    expect(await world.store.transact((tx) => readLogOffset(tx, second.lease.id))).toBe(6);
    let text = '';
    let next: string | undefined;
    for (let part = await read(); part && part.next !== next; part = await read(part.next)) {
      text += part.text;
      next = part.next;
    }
    expect(text).toBe(`${Array.from({ length: 20 }, (_, n) => `line ${n + 1}\n`).join('')}again\n`);
    await world.end(second);
    expect(await read(next)).toEqual({ text: '', next, complete: true });
  });

  it('is undefined where there is no such job', async () => {
    const world = await open(makePipeline('p'));
    expect(await world.store.transact((tx) => readJobLog(tx, address))).toBeUndefined();
  });
});
