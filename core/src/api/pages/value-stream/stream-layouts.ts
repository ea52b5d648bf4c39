import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ApiError } from '../../api-error.ts';
import type { Direction, Drawing, StreamShape } from './lay-out-stream.ts';

const entry = new URL(`./layout-thread${extname(import.meta.url)}`, import.meta.url);

const mostKept = 24;
const mostWaiting = 16;
/** After so long without a question the thread ends, and gives its memory back. */
const idleMs = 60_000;
/** A graph that takes longer is not laid out at all. */
const longestMs = 15_000;

/** What the thread is asked to lay out, and which way. */
interface Asked {
  readonly shape: StreamShape;
  readonly direction: Direction;
}

/**
 * Understands where value streams are drawn. They are laid out one after another in a thread of its own, so
 * that nobody else waits; a stream that looks as it did is not laid out again, whatever became of its runs
 * meanwhile.
 */
export class StreamLayouts {
  /** By what the graph looks like; the one that was asked for last is the last. */
  readonly #known = new Map<string, Promise<Drawing | undefined>>();
  readonly #longestMs: number;
  #thread: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(longest = longestMs) {
    this.#longestMs = longest;
  }

  /**
   * Where everything is; undefined for a graph that is too tangled for the time there is. Throws `ApiError`.
   */
  layOut({ nodes, edges }: StreamShape, direction: Direction = 'across'): Promise<Drawing | undefined> {
    // What is drawn of a node is not the thread's business.
    const shape = {
      nodes: nodes.map(({ id }) => ({ id })),
      edges: edges.map(({ from, to }) => ({ from, to })),
    };
    const asked = { shape, direction };
    const key = createHash('sha256').update(JSON.stringify(asked)).digest('base64');
    const known = this.#known.get(key);
    this.#known.delete(key);
    const drawing = known ?? this.#queue(asked);
    this.#known.set(key, drawing);
    for (const oldest of this.#known.keys()) if (this.#known.size > mostKept) this.#known.delete(oldest);
    drawing.catch(() => this.#known.delete(key));
    return drawing;
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#thread?.terminate();
    this.#thread = undefined;
  }

  async #queue(asked: Asked): Promise<Drawing | undefined> {
    if (this.#waiting >= mostWaiting) {
      throw new ApiError('TOO_MANY_REQUESTS', 'Many value streams are being drawn; look again in a moment');
    }
    this.#waiting++;
    const turn = this.#last;
    const done = Promise.withResolvers<void>();
    this.#last = done.promise;
    try {
      await turn;
      return await this.#ask(asked);
    } finally {
      this.#waiting--;
      done.resolve();
    }
  }

  async #ask(asked: Asked): Promise<Drawing | undefined> {
    clearTimeout(this.#idle);
    this.#thread ??= this.#begin();
    const thread = this.#thread;
    thread.ref();
    try {
      thread.postMessage(asked);
      const [drawing] = await once(thread, 'message', { signal: AbortSignal.timeout(this.#longestMs) });
      return drawing;
    } catch (error) {
      // Whatever became of it, the next question gets a thread that answers it and no other.
      await this.close();
      if (error instanceof Error && error.name === 'AbortError') return undefined;
      throw error;
    } finally {
      thread.unref();
      this.#idle = setTimeout(() => void this.close(), idleMs).unref();
    }
  }

  #begin(): Worker {
    const thread = new Worker(entry, { env: {}, execArgv: [], name: 'value streams' });
    // Told to who waits for its answer; a thread that fails while nobody does is replaced.
    thread.on('error', () => {});
    thread.on('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
    });
    return thread;
  }
}
