import { setTimeout as wait } from 'node:timers/promises';
import type { Store } from '../store/store.ts';

/**
 * Understands whether somebody said that there is something to poll since one looked last, so that no call is
 * missed.
 */
export class Wakeups {
  readonly #signal: AbortSignal;
  #called = false;
  #wake: AbortController | undefined;

  constructor(store: Store, signal: AbortSignal) {
    this.#signal = signal;
    store.onWake('polls', () => this.call(), signal);
  }

  /** Ends the present sleep, or the next one. */
  call(): void {
    this.#called = true;
    this.#wake?.abort();
  }

  /** Sleeps until called, or for some milliseconds. Throws the signal's reason. */
  async next(atMostMs: number): Promise<void> {
    this.#signal.throwIfAborted();
    this.#wake = new AbortController();
    const signal = AbortSignal.any([this.#signal, this.#wake.signal]);
    if (!this.#called) await wait(Math.max(0, atMostMs), undefined, { signal }).catch(() => {});
    this.#called = false;
    this.#signal.throwIfAborted();
  }
}
