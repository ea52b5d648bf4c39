import type { FastifyInstance } from 'fastify';
import type { RecordedEvent } from '../../store/events.ts';
import { maySeeEvent } from '../access/visible.ts';
import { readEventMessages } from '../event-stream.ts';
import { openStream } from '../open-stream.ts';
import { answerText } from '../schemas.ts';
import type { RouteSurroundings } from '../surroundings.ts';

/** What happens, as it happens. */
export function registerEvents(server: FastifyInstance, surroundings: RouteSurroundings): void {
  const { events, configuration } = surroundings;
  server.get<{ Querystring: { after?: number } }>(
    '/api/v1/events',
    {
      // A HEAD request has no body to stream.
      exposeHeadRoute: false,
      config: { needs: 'token' },
      schema: {
        operationId: 'followEvents',
        summary:
          'Server-sent events: what happens from now on, or after the event that Last-Event-ID or ?after= names',
        querystring: {
          type: 'object',
          properties: { after: { type: 'integer', minimum: 0 } },
          additionalProperties: false,
        },
        response: answerText(
          'text/event-stream',
          'Each event: `id`, `event` (its type), `data` (JSON: id, at, type, subject, data)',
        ),
      },
    },
    (request, reply) => {
      const last = request.headers['last-event-id'];
      const after =
        request.query.after ?? (typeof last === 'string' && /^\d+$/.test(last) ? Number(last) : undefined);
      return openStream(request, reply, surroundings, ({ actor, signal }) => {
        const maySee = (event: RecordedEvent) => {
          const reader = actor();
          return reader !== undefined && maySeeEvent(reader, configuration().config, event);
        };
        return readEventMessages({ events, after, maySee, signal });
      });
    },
  );
}
