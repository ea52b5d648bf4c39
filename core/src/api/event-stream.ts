import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type RecordedEvent, readEvents, readNewestEventId } from '../store/events.ts';
import type { Store } from '../store/store.ts';

const pageSize = 100;
const heartbeatMs = 15_000;

/** What a stream needs. */
export interface EventStreamOptions {
  readonly store: Store;
  /** The id after which to begin; without it, what happens from now on. */
  readonly after: number | undefined;
  /** Whether the reader may be told of an event, as of now. */
  readonly maySee: (event: RecordedEvent) => boolean;
  /** Aborts when the reader leaves or may not stay, or the server stops. */
  readonly signal: AbortSignal;
}

/**
 * Tells what happens as server-sent events (HTML standard, section 9.2), each with the id that a reader who comes back sends as
 * `Last-Event-ID`. A slow reader is waited for, and holds nothing but its place.
 */
export async function streamEvents(
  response: ServerResponse,
  { store, after, maySee, signal }: EventStreamOptions,
): Promise<void> {
  let seen = after ?? (await store.transact(readNewestEventId));
  let news = Promise.withResolvers<void>();
  store.onWake('events', () => news.resolve(), signal);
  signal.addEventListener('abort', () => news.resolve(), { once: true });
  const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
  try {
    response.write(`retry: 2000\n\n`);
    while (!signal.aborted) {
      const events = await store.transact((tx) => readEvents(tx, seen, pageSize));
      for (const event of events) {
        const { id, at, type, subject, data } = event;
        seen = id;
        if (signal.aborted || !maySee(event)) continue;
        const line = JSON.stringify({ id, at: new Date(at).toISOString(), type, subject, data });
        if (!response.write(`id: ${id}\nevent: ${type}\ndata: ${line}\n\n`)) await once(response, 'drain', { signal });
      }
      if (events.length === pageSize) continue;
      await news.promise;
      news = Promise.withResolvers();
    }
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}
