import type { Store } from '../../store/store.ts';
import { readLooks } from '../../store/work-elsewhere.ts';

/** Tells whoever follows one attempt's work on another server when there is something to look at. */
export interface LookBell {
  /** Resolves when somebody said so since the last time, or when the signal aborts. */
  wait(signal: AbortSignal): Promise<void>;
}

interface Waiter {
  readonly seen: number;
  wake(count: number): void;
}

/**
 * Understands who waits for work on other servers, and for whom somebody, perhaps at another node, said that
 * there is something to look at.
 */
export class Looks {
  readonly #store: Store;
  readonly #waiters = new Map<number, Waiter>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Follows what is said at all nodes, until the signal aborts. */
  listen(signal: AbortSignal): void {
    this.#store.onWake('looks', () => void this.#check([...this.#waiters.keys()]), signal);
  }

  /** The bell of one attempt. */
  bellOf(attemptId: number): LookBell {
    let seen = 0;
    return {
      wait: (signal) =>
        new Promise((resolve) => {
          const end = () => {
            this.#waiters.delete(attemptId);
            resolve();
          };
          if (signal.aborted) return end();
          signal.addEventListener('abort', end, { once: true });
          const wake = (count: number) => {
            seen = count;
            end();
          };
          this.#waiters.set(attemptId, { seen, wake });
          void this.#check([attemptId]);
        }),
    };
  }

  /** Where the store does not answer, nobody is woken: everybody looks now and then anyway. */
  async #check(ids: readonly number[]): Promise<void> {
    const counts = await this.#store
      .transact((tx) => readLooks(tx, ids))
      .catch(() => new Map<number, number>());
    for (const [id, count] of counts) {
      const waiter = this.#waiters.get(id);
      if (waiter && count > waiter.seen) waiter.wake(count);
    }
  }
}
