import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { RecordedEvent } from '../store/events.ts';
import type { EventHub } from './event-hub.ts';

const heartbeatMs = 15_000;

/** What a stream of events needs. */
export interface EventMessagesOptions {
  readonly events: EventHub;
  /** The id after which to begin; without it, what happens from now on. */
  readonly after: number | undefined;
  /** Whether the reader may be told of an event, as of now. */
  readonly maySee: (event: RecordedEvent) => boolean;
  /** Aborts when nothing more is to be told. */
  readonly signal: AbortSignal;
}

/** A message as a stream of server-sent events has it (HTML standard, section 9.2). */
export interface Message {
  /** What a reader who comes back sends as `Last-Event-ID`. */
  readonly id?: number;
  readonly event: string;
  /** Not empty: browsers leave such a message out. */
  readonly data: string;
}

/** What happens, each event as a message. A slow reader is waited for, and holds nothing but its place. */
export async function* readEventMessages({
  events,
  after,
  maySee,
  signal,
}: EventMessagesOptions): AsyncGenerator<Message> {
  for await (const told of events.follow(after, signal)) {
    for (const event of told) {
      const { id, at, type, subject, data } = event;
      if (signal.aborted || !maySee(event)) continue;
      yield {
        id,
        event: type,
        data: JSON.stringify({ id, at: new Date(at).toISOString(), type, subject, data }),
      };
    }
  }
}

/** Writes messages as server-sent events, and that it is still here; ends the response with them. */
export async function streamMessages(
  response: ServerResponse,
  messages: AsyncIterable<Message>,
  signal: AbortSignal,
): Promise<void> {
  // A reader who is gone is noticed by the signal.
  response.on('error', () => {});
  const beat = () => {
    if (!response.writableNeedDrain) response.write(': still here\n\n');
  };
  const heartbeat = setInterval(beat, heartbeatMs);
  try {
    response.write(`retry: 2000\n\n`);
    for await (const { id, event, data } of messages) {
      const lines = data.replaceAll(/\r\n?|\n/g, '\ndata: ');
      const text = `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${lines}\n\n`;
      if (!response.write(text)) await once(response, 'drain', { signal });
    }
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}
