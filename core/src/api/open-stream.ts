import type { FastifyReply, FastifyRequest } from 'fastify';
import { anonymous } from '../engine/actor.ts';
import { followPresence, type Presence } from './access/presence.ts';
import { type Message, streamMessages } from './event-stream.ts';
import type { RouteSurroundings } from './surroundings.ts';

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Neither kept nor changed on its way: a proxy that compresses holds back what comes.
  'cache-control': 'no-store, no-transform',
  // nginx holds back what it is sent unless it is told not to.
  'x-accel-buffering': 'no',
};

/**
 * Answers a request with messages as they come, until its sender leaves or may not stay, or the server stops.
 */
export async function openStream(
  request: FastifyRequest,
  reply: FastifyReply,
  surroundings: RouteSurroundings,
  tell: (presence: Presence) => AsyncIterable<Message>,
): Promise<void> {
  using _place = surroundings.streams.enter(clientOf(request));
  const left = new AbortController();
  reply.raw.once('close', () => left.abort());
  const presence = followPresence(
    request,
    surroundings,
    AbortSignal.any([left.signal, surroundings.stopping]),
  );
  reply.hijack();
  reply.raw.writeHead(200, headers);
  try {
    await streamMessages(reply.raw, tell(presence), presence.signal);
  } catch (error) {
    if (!presence.signal.aborted) request.log.error(error, `the stream of ${request.url} broke off`);
    reply.raw.destroy();
  }
}

/** Whose streams are counted together: a person's or, where nobody is known, an address's. */
function clientOf({ actor, ip }: FastifyRequest): string {
  return actor === anonymous ? `address ${ip}` : `person ${actor.person}`;
}
