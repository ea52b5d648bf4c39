import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Lines } from '../lines.ts';
import type { Problem, Progress, Traffic } from '../plugin-host.ts';
import { crossing, type FromPlugin } from '../protocol.ts';

const signEveryMs = 1000;
const progressEveryMs = 250;
const turnMs = 20;

/**
 * Understands how one question is answered: in parts, no faster than they are taken, with signs of life
 * between.
 */
export class Reply {
  readonly id: number;
  /** Aborts when the answer is no longer wanted. */
  readonly signal: AbortSignal;
  readonly #lines: Lines;
  #untaken = 0;
  #taken = () => {};
  #signed = 0;
  #turned = performance.now();
  #progress: Progress | undefined;
  #traffic: (() => Traffic) | undefined;
  #watch: NodeJS.Timeout | undefined;

  constructor(id: number, signal: AbortSignal, lines: Lines) {
    this.id = id;
    this.signal = signal;
    this.#lines = lines;
  }

  /** Sends a part, JSON already, as soon as it is wanted. */
  async part(json: string): Promise<void> {
    const line = `{"type":"part","id":${this.id},"part":${json}}`;
    while (this.#untaken > 0 && this.#untaken + line.length > crossing.window) await this.#untilTaken();
    this.signal.throwIfAborted();
    this.#untaken += line.length;
    this.#lines.sendText(line);
  }

  /** Whoever asked has taken so many characters. */
  credit(characters: number): void {
    this.#untaken -= characters;
    this.#taken();
  }

  /** Lets the process's other work go on where there is much to do without a wait. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#turned < turnMs) return;
    await nextTurn();
    this.#turned = performance.now();
    this.signal.throwIfAborted();
  }

  /** Says that work goes on. */
  sign(): void {
    const now = performance.now();
    if (now - this.#signed >= signEveryMs) this.#sendSign(now);
  }

  /** Says how far it is; of many in a short time only the latest. */
  progress(progress: Progress): void {
    this.#progress = progress;
    const now = performance.now();
    if (now - this.#signed >= progressEveryMs) this.#sendSign(now);
  }

  /** Counts what goes over the wire from now on, which is a sign of life as well. */
  watch(readTraffic: () => Traffic): void {
    const start = readTraffic();
    let last = start;
    this.#watch = setInterval(() => {
      const now = readTraffic();
      if (now.requests !== last.requests || now.bytes !== last.bytes) this.sign();
      last = now;
    }, signEveryMs);
    this.#traffic = () => {
      const { requests, bytes } = readTraffic();
      return { requests: requests - start.requests, bytes: bytes - start.bytes };
    };
  }

  /** Ends the answer: as it should, or with a problem. */
  finish(problem?: Problem): void {
    clearInterval(this.#watch);
    if (this.#progress) this.#sendSign(performance.now());
    const traffic = this.#traffic?.();
    const ending = { id: this.id, ...(traffic && { traffic }) };
    const message: FromPlugin = problem ? { type: 'failed', problem, ...ending } : { type: 'end', ...ending };
    this.#lines.send(message);
  }

  #sendSign(now: number): void {
    this.#signed = now;
    this.#lines.send({
      type: 'sign',
      id: this.id,
      ...(this.#progress && { progress: this.#progress }),
    } satisfies FromPlugin);
    this.#progress = undefined;
  }

  #untilTaken(): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(this.signal.reason);
      this.signal.addEventListener('abort', abort, { once: true });
      this.#taken = () => {
        this.signal.removeEventListener('abort', abort);
        resolve();
      };
      if (this.signal.aborted) abort();
    });
  }
}
