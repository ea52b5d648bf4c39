import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Message } from '../event-stream.ts';
import { openStream } from '../open-stream.ts';
import type { RouteSurroundings } from '../surroundings.ts';

/** A browser is told at most so often, in milliseconds; what happens in between it is told together. */
const pauseMs = 400;

/**
 * Tells a browser that something has happened, and no more than that: each of its open pages asks for itself
 * what it may show. So one stream is enough for all of them.
 */
export function registerNews(server: FastifyInstance, surroundings: RouteSurroundings): void {
  const options = { config: { needs: 'token' }, schema: { hide: true }, exposeHeadRoute: false } as const;
  server.get('/live', options, (request, reply) =>
    openStream(request, reply, surroundings, ({ signal }) => readNews(surroundings, signal)),
  );
}

async function* readNews({ events }: RouteSurroundings, signal: AbortSignal): AsyncGenerator<Message> {
  for await (const { length } of events.follow(undefined, signal)) {
    yield { event: 'news', data: String(length) };
    await wait(pauseMs, undefined, { signal });
  }
}
