import type { Duplex } from 'node:stream';
import { crossing } from './protocol.ts';

/** What to do with what comes over {@link Lines}. */
export interface LineReceiver {
  /** A message and the characters of its line. */
  receive(message: unknown, characters: number): void;
  /** What came is no line of JSON, or longer than a line may be: nothing after it can be relied on. */
  garbled(reason: string): void;
}

const newline = 10;

/** Understands how messages travel over a stream: JSON, a line each, bounded in length. */
export class Lines {
  readonly #socket: Duplex;
  readonly #receiver: LineReceiver;
  readonly #apartMs: number;
  #begun: Buffer[] = [];
  #begunBytes = 0;
  #batch = '';
  #flushed = Number.NEGATIVE_INFINITY;
  #draining: Promise<void> | undefined;

  /**
   * Batches are written so many milliseconds apart at least: where thousands of short messages come in a row,
   * a write costs more than all else that is done about them. One that comes alone does not wait.
   */
  constructor(socket: Duplex, receiver: LineReceiver, apartMs = 0) {
    this.#socket = socket;
    this.#receiver = receiver;
    this.#apartMs = apartMs;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  /** Writes at once, after what was batched. */
  send(message: object): void {
    this.sendText(JSON.stringify(message));
    this.#flush();
  }

  /**
   * Writes a message that is JSON already together with others: those of this turn of the event loop, or of
   * more turns where batches are kept apart.
   */
  sendText(json: string): void {
    if (this.#batch === '') this.#flushSoon();
    this.#batch += `${json}\n`;
    if (this.#batch.length > crossing.piece) this.#flush();
  }

  /** Resolves when the other side has taken enough to be sent more, or is gone. */
  drained(): Promise<void> {
    if (!this.#socket.writableNeedDrain || this.#socket.destroyed) return Promise.resolve();
    // One wait for all: hundreds of questions may be put at once.
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  #drain(): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done);
        this.#draining = undefined;
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
  }

  #flushSoon(): void {
    const waitMs = this.#flushed + this.#apartMs - performance.now();
    if (waitMs <= 0) setImmediate(() => this.#flush());
    else setTimeout(() => this.#flush(), waitMs);
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = '';
    this.#flushed = performance.now();
    if (batch !== '' && this.#socket.writable) this.#socket.write(batch);
  }

  #read(chunk: Buffer): void {
    let from = 0;
    for (let to = chunk.indexOf(newline); to >= 0; to = chunk.indexOf(newline, from)) {
      this.#begun.push(chunk.subarray(from, to));
      this.#finishLine();
      from = to + 1;
    }
    if (from === chunk.length) return;
    this.#begun.push(chunk.subarray(from));
    this.#begunBytes += chunk.length - from;
    // A character is at most three bytes of UTF-8 for each unit of UTF-16.
    if (this.#begunBytes > 3 * crossing.line) this.#stop('a line that is too long');
  }

  #finishLine(): void {
    const text = (this.#begun.length === 1 ? this.#begun[0] : Buffer.concat(this.#begun))?.toString() ?? '';
    this.#begun = [];
    this.#begunBytes = 0;
    const message = parse(text);
    if (message === undefined) this.#stop('a line that is no JSON');
    else this.#receiver.receive(message, text.length);
  }

  #stop(reason: string): void {
    this.#socket.pause();
    this.#begun = [];
    this.#receiver.garbled(reason);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
