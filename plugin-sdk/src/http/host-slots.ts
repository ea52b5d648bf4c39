import type { Deadline } from './deadline.ts';

interface HostQueue {
  busy: number;
  readonly waiting: Set<() => void>;
}

/**
 * Understands how many exchanges one host may have in flight; the others wait in the order in which they
 * came.
 */
export class HostSlots {
  readonly #limit: number;
  readonly #hosts = new Map<string, HostQueue>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a slot: nothing to wait for if it returns `undefined`. Rejects with the deadline's reason. */
  acquire(host: string, deadline: Deadline): Promise<void> | undefined {
    const queue = this.#hosts.get(host);
    if (queue === undefined) {
      this.#hosts.set(host, { busy: 1, waiting: new Set() });
      return undefined;
    }
    if (queue.busy < this.#limit) {
      queue.busy++;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      queue.waiting.add(resolve);
      deadline.onEnd((reason) => {
        // Once the slot was handed over, its holder gives it back; only one who still waits leaves the queue.
        if (queue.waiting.delete(resolve)) reject(reason);
      });
    });
  }

  /** Gives a slot back: to the next who waits, if anybody does. */
  release(host: string): void {
    const queue = this.#hosts.get(host);
    if (queue === undefined) return;
    for (const next of queue.waiting) {
      queue.waiting.delete(next);
      next();
      return;
    }
    if (--queue.busy === 0) this.#hosts.delete(host);
  }
}

/** One exchange's slot, which moves along when the exchange is redirected to another host. */
export class Slot {
  readonly #slots: HostSlots;
  readonly #deadline: Deadline;
  #host: string | undefined;

  constructor(slots: HostSlots, deadline: Deadline) {
    this.#slots = slots;
    this.#deadline = deadline;
  }

  /** Rejects with the deadline's reason. */
  async moveTo(host: string): Promise<void> {
    if (host === this.#host) return;
    // Given back before the next is asked for: who holds one slot and waits for another could wait forever.
    this.release();
    const turn = this.#slots.acquire(host, this.#deadline);
    if (turn) await turn;
    this.#host = host;
  }

  release(): void {
    if (this.#host !== undefined) this.#slots.release(this.#host);
    this.#host = undefined;
  }
}
