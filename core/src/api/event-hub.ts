import { type RecordedEvent, readEvents, readNewestEventId } from '../store/events.ts';
import type { Store } from '../store/store.ts';

const pageSize = 100;
const mostKept = 1_000;

/**
 * Understands what happened lately, for everyone in this process who follows it. It reads the store once for
 * all of them, and not at all while nobody follows or nothing happens.
 */
export class EventHub {
  readonly #store: Store;
  readonly #followers = new Set<symbol>();
  /** The newest events, all those after `#from`. */
  #recent: readonly RecordedEvent[] = [];
  #from = 0;
  #position = 0;
  #news = newsToCome();
  #reader: { readonly ready: Promise<void>; readonly end: AbortController } | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The id of the newest event that was read; it grows while somebody follows. */
  position(): number {
    return this.#position;
  }

  /**
   * What happens after the event `after` (without it, from now on), in its order, a few events at once, until
   * the signal aborts. Whoever is slow is waited for, and holds nothing but a place. Throws what the store
   * throws.
   */
  async *follow(
    after: number | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<readonly RecordedEvent[], void> {
    const aborted = untilAborted(signal);
    const me = Symbol('follower');
    this.#followers.add(me);
    try {
      await this.#begin();
      for (let seen = after ?? this.#position; !signal.aborted; ) {
        const news = this.#news.promise;
        const events = await this.#readAfter(seen);
        seen = events.at(-1)?.id ?? seen;
        if (events.length > 0) yield events;
        else await Promise.race([news, aborted]);
      }
    } finally {
      this.#followers.delete(me);
      if (this.#followers.size === 0) this.#end();
    }
  }

  #begin(): Promise<void> {
    this.#reader ??= this.#startReading();
    return this.#reader.ready;
  }

  #startReading() {
    const end = new AbortController();
    const started = this.#store.read(readNewestEventId).then((newest) => {
      this.#recent = [];
      this.#from = newest;
      this.#position = newest;
    });
    let reading: Promise<void> = started;
    let waits = false;
    const readOn = async () => {
      waits = false;
      if (!end.signal.aborted) await this.#readNews();
    };
    const read = () => {
      if (waits) return;
      waits = true;
      reading = reading.then(readOn).catch((error: unknown) => {
        this.#end();
        this.#news.reject(error);
        this.#news = newsToCome();
      });
    };
    this.#store.onWake('events', read, end.signal);
    return { ready: started, end };
  }

  async #readNews(): Promise<void> {
    for (let more = true; more; ) {
      const events = await this.#store.read((tx) => readEvents(tx, this.#position, pageSize));
      more = events.length === pageSize;
      this.#keep(events);
    }
  }

  #keep(events: readonly RecordedEvent[]): void {
    const all = [...this.#recent, ...events];
    this.#from = all.at(-mostKept - 1)?.id ?? this.#from;
    this.#recent = all.slice(-mostKept);
    this.#position = all.at(-1)?.id ?? this.#position;
    if (events.length === 0) return;
    this.#news.resolve();
    this.#news = newsToCome();
  }

  async #readAfter(seen: number): Promise<readonly RecordedEvent[]> {
    if (seen >= this.#from) return this.#recent.filter(({ id }) => id > seen).slice(0, pageSize);
    return this.#store.read((tx) => readEvents(tx, seen, pageSize));
  }

  #end(): void {
    this.#reader?.end.abort();
    this.#reader = undefined;
  }
}

function newsToCome(): PromiseWithResolvers<void> {
  const news = Promise.withResolvers<void>();
  // Nobody may be waiting for them.
  news.promise.catch(() => {});
  return news;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
