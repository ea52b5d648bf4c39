import type { FastifyInstance } from 'fastify';
import type { RecordedEvent } from '../../store/events.ts';
import { followPresence } from '../access/presence.ts';
import { maySeeEvent } from '../access/visible.ts';
import { ApiError } from '../api-error.ts';
import { streamEvents } from '../event-stream.ts';
import { answerText } from '../schemas.ts';
import type { RouteSurroundings } from '../surroundings.ts';

const mostStreams = 1_000;

/** What happens, as it happens. */
export function registerEvents(server: FastifyInstance, surroundings: RouteSurroundings): void {
  const { events, stopping, configuration } = surroundings;
  let open = 0;
  server.get<{ Querystring: { after?: number } }>(
    '/api/v1/events',
    {
      // A HEAD request has no body to stream.
      exposeHeadRoute: false,
      config: { needs: 'token' },
      schema: {
        operationId: 'followEvents',
        summary: 'Server-sent events: what happens from now on, or after the event that Last-Event-ID or ?after= names',
        querystring: { type: 'object', properties: { after: { type: 'integer', minimum: 0 } }, additionalProperties: false },
        response: answerText(
          'text/event-stream',
          'Each event: `id`, `event` (its type), `data` (JSON: id, at, type, subject, data)',
        ),
      },
    },
    async (request, reply) => {
      if (open >= mostStreams) throw new ApiError('TOO_MANY_REQUESTS', `${mostStreams} event streams are open; close some`);
      const last = request.headers['last-event-id'];
      const after = request.query.after ?? (typeof last === 'string' && /^\d+$/.test(last) ? Number(last) : undefined);
      const left = new AbortController();
      request.raw.once('close', () => left.abort());
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
      open++;
      const { actor, signal } = followPresence(request, surroundings, AbortSignal.any([left.signal, stopping]));
      const maySee = (event: RecordedEvent) => {
        const reader = actor();
        return reader !== undefined && maySeeEvent(reader, configuration().config, event);
      };
      try {
        await streamEvents(reply.raw, { events, after, maySee, signal });
      } catch (error) {
        if (!signal.aborted) request.log.error(error, 'an event stream broke off');
        reply.raw.destroy();
      } finally {
        open--;
      }
    },
  );
}
