import { type FSWatcher, watch } from 'node:fs';

const firstPauseMs = 20;
const longestPauseMs = 250;

/**
 * Understands when to look at a directory again.
 *
 * The file system tells (inotify, FSEvents, kqueue); where it does not (network file systems, watches used
 * up), or where there is nothing to tell (a process that was killed), pauses of 20 to 250 ms see to it.
 */
export class Watch implements Disposable {
  readonly #closed = new AbortController();
  readonly #watcher: FSWatcher | undefined;
  readonly #chatty: string;
  #pauseMs = firstPauseMs;
  #urgent = false;
  #heard = false;
  #wake: (() => void) | undefined;

  /** Of `directory`; changes to the file named `chatty` may wait, all others and the `signals` may not. */
  constructor(directory: string, chatty: string, signals: readonly AbortSignal[]) {
    this.#chatty = chatty;
    for (const signal of signals)
      signal.addEventListener('abort', () => this.ring(), { signal: this.#closed.signal });
    this.#watcher = openWatcher(directory);
    this.#watcher?.on('change', (_event, name) => (name === this.#chatty ? this.#hear() : this.ring()));
    // A watcher that broke down is no loss: the pauses go on.
    this.#watcher?.on('error', () => this.#watcher?.close());
  }

  /** Something happened: look at once. */
  ring(): void {
    this.#urgent = true;
    this.#wake?.();
  }

  /** Something goes on: look again soon, not ever later. */
  hurry(): void {
    this.#pauseMs = firstPauseMs;
  }

  /** Until something may have changed; a change of the chatty file counts only after `quietMs`. */
  async wait(quietMs: number): Promise<void> {
    if (!this.#urgent) await this.#sleep(quietMs);
    this.#urgent = false;
    this.#heard = false;
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
    this.#closed.abort();
  }

  #hear(): void {
    this.#heard = true;
    this.#wake?.();
  }

  async #sleep(quietMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timers = [setTimeout(resolve, this.#pauseMs)];
    this.#wake = () => {
      if (this.#urgent) resolve();
      else if (timers.length === 1) timers.push(setTimeout(resolve, quietMs));
    };
    if (this.#heard) this.#wake();
    await promise;
    this.#wake = undefined;
    timers.forEach(clearTimeout);
  }
}

function openWatcher(directory: string): FSWatcher | undefined {
  try {
    return watch(directory);
  } catch {
    // No watches left, or none on this file system: the pauses are enough.
    return undefined;
  }
}
