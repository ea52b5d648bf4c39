import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { RecordedEvent } from '../store/events.ts';
import type { EventHub } from './event-hub.ts';

const heartbeatMs = 15_000;

/** What a stream needs. */
export interface EventStreamOptions {
  readonly events: EventHub;
  /** The id after which to begin; without it, what happens from now on. */
  readonly after: number | undefined;
  /** Whether the reader may be told of an event, as of now. */
  readonly maySee: (event: RecordedEvent) => boolean;
  /** Aborts when the reader leaves or may not stay, or the server stops. */
  readonly signal: AbortSignal;
}

/** A message as a stream of server-sent events has it (HTML standard, section 9.2). */
export interface Message {
  readonly id: number;
  readonly event: string;
  readonly data: string;
}

/**
 * Tells what happens as server-sent events, each with the id that a reader who comes back sends as `Last-Event-ID`. A slow reader
 * is waited for, and holds nothing but its place.
 */
export async function streamEvents(response: ServerResponse, options: EventStreamOptions): Promise<void> {
  await streamMessages(response, readMessages(options), options.signal);
}

async function* readMessages({ events, after, maySee, signal }: EventStreamOptions): AsyncGenerator<Message> {
  for await (const told of events.follow(after, signal)) {
    for (const event of told) {
      const { id, at, type, subject, data } = event;
      if (signal.aborted || !maySee(event)) continue;
      yield { id, event: type, data: JSON.stringify({ id, at: new Date(at).toISOString(), type, subject, data }) };
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
  const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
  try {
    response.write(`retry: 2000\n\n`);
    for await (const { id, event, data } of messages) {
      const lines = data.replaceAll(/\r\n?|\n/g, '\ndata: ');
      if (!response.write(`id: ${id}\nevent: ${event}\ndata: ${lines}\n\n`)) await once(response, 'drain', { signal });
    }
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}
