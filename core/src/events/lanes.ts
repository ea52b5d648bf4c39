import type { QueuedDelivery } from '../store/deliveries.ts';

/**
 * Understands which deliveries of a queue can be made now: of each lane the one with the oldest event, and
 * the lanes in turn.
 */
export class Lanes {
  readonly #lanes = new Map<string, QueuedDelivery[]>();
  readonly #busy = new Set<string>();
  #size = 0;

  /** How many deliveries there are, those under way included. */
  get size(): number {
    return this.#size;
  }

  /** How many are under way. */
  get underWay(): number {
    return this.#busy.size;
  }

  add(deliveries: readonly QueuedDelivery[]): void {
    for (const delivery of deliveries) {
      const lane = this.#lanes.get(delivery.lane);
      if (!lane) this.#lanes.set(delivery.lane, [delivery]);
      else if ((lane.at(-1)?.eventId ?? 0) < delivery.eventId) lane.push(delivery);
      // What is told again is older than what waits already.
      else
        lane.splice(
          lane.findIndex(({ eventId }) => eventId > delivery.eventId),
          0,
          delivery,
        );
    }
    this.#size += deliveries.length;
  }

  /** Takes these for all that there are; what is under way stays so. */
  replace(deliveries: readonly QueuedDelivery[]): void {
    this.#lanes.clear();
    this.#size = 0;
    this.add(deliveries);
  }

  /** Deliveries that are due, at most `limit`; from then on they are under way. */
  take(now: number, limit: number): readonly QueuedDelivery[] {
    const taken: QueuedDelivery[] = [];
    for (const [lane, [head]] of this.#lanes) {
      if (taken.length >= limit) break;
      if (head && head.dueAt <= now && !this.#busy.has(lane)) taken.push(head);
    }
    for (const { lane } of taken) {
      this.#busy.add(lane);
      this.#moveToEnd(lane);
    }
    return taken;
  }

  /** A delivery is under way no longer: it waits again, as `again` says, or is gone. */
  end({ id, lane }: QueuedDelivery, again: QueuedDelivery | undefined): void {
    this.#busy.delete(lane);
    const waiting = this.#lanes.get(lane) ?? [];
    const index = waiting.findIndex((one) => one.id === id);
    if (index < 0) return;
    if (again) waiting[index] = again;
    else {
      waiting.splice(index, 1);
      this.#size--;
      if (waiting.length === 0) this.#lanes.delete(lane);
    }
  }

  /** When there is next something due, beside what is under way; undefined where nothing waits. */
  findNextDue(): number | undefined {
    let next: number | undefined;
    for (const [lane, [head]] of this.#lanes) {
      if (head && !this.#busy.has(lane) && (next === undefined || head.dueAt < next)) next = head.dueAt;
    }
    return next;
  }

  #moveToEnd(lane: string): void {
    const deliveries = this.#lanes.get(lane) ?? [];
    this.#lanes.delete(lane);
    this.#lanes.set(lane, deliveries);
  }
}
