import { expect, it } from 'vitest';
import { Slots } from '../../src/plugins/slots.ts';

it('lets so many in, the others in the order in which they came, and forgets those who gave up', async () => {
  const slots = new Slots(1);
  const { signal } = new AbortController();
  const order: string[] = [];
  const first = await slots.take(signal);
  const gone = new AbortController();
  const waiting = [
    slots.take(gone.signal).catch((reason: unknown) => order.push(String(reason))),
    ...['second', 'third'].map(async (name) => {
      using _slot = await slots.take(signal);
      order.push(name);
    }),
  ];
  gone.abort('gave up');
  first[Symbol.dispose]();
  await Promise.all(waiting);
  expect(order.toSorted()).toEqual(['gave up', 'second', 'third']);
  expect(order.indexOf('second')).toBeLessThan(order.indexOf('third'));
  using _last = await slots.take(signal);
});
