import { describe, expect, it } from 'vitest';
import { Lanes } from '../../src/events/lanes.ts';
import type { QueuedDelivery } from '../../src/store/deliveries.ts';

function waiting(eventId: number, lane: string, dueAt = 0): QueuedDelivery {
  return { id: eventId * 10, eventId, lane, tries: 0, queuedAt: 0, dueAt };
}

const ids = (deliveries: readonly QueuedDelivery[]) => deliveries.map(({ eventId }) => eventId);

describe('lanes', () => {
  it('give one delivery of each lane at a time, and the lanes their turns', () => {
    const lanes = new Lanes();
    const [first, second] = [waiting(1, 'a'), waiting(2, 'a')];
    lanes.add([first, second, waiting(3, 'b'), waiting(4, 'c')]);
    expect(ids(lanes.take(0, 2))).toEqual([1, 3]);
    expect(ids(lanes.take(0, 2))).toEqual([4]);
    lanes.end(first, undefined);
    expect(ids(lanes.take(0, 2))).toEqual([2]);
    expect(lanes).toMatchObject({ size: 3, underWay: 3 });
  });

  it('hold up what follows a delivery that waits to be tried again, in its lane alone', () => {
    const lanes = new Lanes();
    const first = waiting(1, 'a');
    lanes.add([first, waiting(2, 'a'), waiting(3, 'b', 50)]);
    lanes.take(0, 9);
    lanes.end(first, { ...first, dueAt: 100 });
    expect(lanes.findNextDue()).toBe(50);
    expect(ids(lanes.take(60, 9))).toEqual([3]);
    expect(lanes.findNextDue()).toBe(100);
    expect(ids(lanes.take(100, 9))).toEqual([1]);
    expect(lanes.findNextDue()).toBeUndefined();
  });

  it('put what is told again before what is newer', () => {
    const lanes = new Lanes();
    lanes.add([waiting(5, 'a'), waiting(9, 'a')]);
    lanes.add([waiting(2, 'a'), waiting(7, 'a')]);
    const order: number[] = [];
    for (let [head] = lanes.take(0, 1); head; [head] = lanes.take(0, 1)) {
      order.push(head.eventId);
      lanes.end(head, undefined);
    }
    expect(order).toEqual([2, 5, 7, 9]);
    expect(lanes.size).toBe(0);
  });

  it('that are read anew leave alone what is under way', () => {
    const lanes = new Lanes();
    const first = waiting(1, 'a');
    lanes.add([first]);
    lanes.take(0, 1);
    lanes.replace([first, waiting(2, 'a')]);
    expect(lanes.take(0, 1)).toEqual([]);
    lanes.end(first, undefined);
    expect(ids(lanes.take(0, 1))).toEqual([2]);
  });
});
