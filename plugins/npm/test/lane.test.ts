import { describe, expect, it } from 'vitest';
import { Lane } from '../src/lane.ts';

describe('a lane', () => {
  it('does one work after the other, also after one that failed', async () => {
    const lane = new Lane();
    const events: string[] = [];
    const work = (name: string, outcome: Promise<string>) =>
      lane.run(async () => {
        events.push(`${name} begins`);
        return await outcome.finally(() => events.push(`${name} ends`));
      });
    const first = Promise.withResolvers<string>();
    const doing = [
      work('first', first.promise),
      work('second', Promise.reject(new Error('no'))),
      work('third', Promise.resolve('3')),
    ];
    first.resolve('1');
    const [one, two, three] = await Promise.allSettled(doing);
    expect([one, two, three]).toMatchObject([{ value: '1' }, { reason: { message: 'no' } }, { value: '3' }]);
    expect(events).toEqual([
      'first begins',
      'first ends',
      'second begins',
      'second ends',
      'third begins',
      'third ends',
    ]);
  });
});
