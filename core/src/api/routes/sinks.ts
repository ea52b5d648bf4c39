import type { FastifyInstance } from 'fastify';
import { appendAudit } from '../../store/audit.ts';
import { listDeadLetters } from '../../store/deliveries.ts';
import { findEventSince, listSinks, replayEvents } from '../../store/sinks.ts';
import type { Tx } from '../../store/store.ts';
import { auditOf } from '../access/audit-of.ts';
import { ApiError } from '../api-error.ts';
import { type PageQuery, pageQuerySchema, toIso } from '../paging.ts';
import { answerList, answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';

interface ReplayBody {
  readonly sink?: string;
  readonly from?: number | string;
  readonly dead?: boolean;
}

const replayBody = {
  type: 'object',
  properties: {
    sink: { type: 'string', description: 'One sink; all of them where it is left out' },
    from: {
      anyOf: [{ type: 'integer', minimum: 1 }, { type: 'string' }],
      description:
        'The id of the first event to tell again, or a time (ISO 8601): all that followed is told again too',
    },
    dead: { type: 'boolean', description: 'Tells dead letters again' },
  },
  additionalProperties: false,
} as const;

const deadLettersQuery = {
  ...pageQuerySchema,
  properties: { ...pageQuerySchema.properties, sink: { type: 'string', description: 'Of this sink alone' } },
} as const;

/**
 * Who is told of events, what could not be told, and telling again; the latter two speak of every pipeline,
 * and are for admins.
 */
export function registerSinks(server: FastifyInstance, { store, now }: ApiSurroundings): void {
  const list = {
    operationId: 'listSinks',
    summary: 'The sinks of events and how they are',
    response: answerList('Sink'),
  };
  server.get('/api/v1/events/sinks', { config: { needs: 'viewer' }, schema: list }, async () => {
    const sinks = await store.read(listSinks);
    const items = sinks.map(({ failing, ...sink }) => ({
      ...sink,
      failing: failing ? { since: toIso(failing.since), error: failing.error } : null,
    }));
    return { items, next: null };
  });

  server.get<{ Querystring: PageQuery & { readonly sink?: string } }>(
    '/api/v1/events/dead-letters',
    {
      config: { needs: 'admin' },
      schema: {
        operationId: 'listDeadLetters',
        summary: 'The events that sinks did not get, newest first',
        querystring: deadLettersQuery,
        response: answerList('DeadLetter'),
      },
    },
    async ({ query: { sink, ...page } }) => {
      const { items, next } = await store.read((tx) => listDeadLetters(tx, sink, page));
      const views = items.map(({ id: _id, at, event, ...letter }) => ({
        ...letter,
        at: toIso(at),
        event: { ...event, at: toIso(event.at) },
      }));
      return { items: views, next };
    },
  );

  server.post<{ Body: ReplayBody | null }>(
    '/api/v1/events/replay',
    {
      config: { needs: 'admin' },
      schema: {
        operationId: 'replayEvents',
        summary: 'Tells sinks again what happened, or what they did not get',
        body: replayBody,
        response: answerOne('Replay'),
      },
    },
    async (request) => {
      const { sink, from, dead = false } = request.body ?? {};
      if ((from === undefined) === !dead)
        throw new ApiError('BAD_REQUEST', 'Say either "from", or "dead": true');
      const items = await store.transact(async (tx) => {
        const first = from === undefined ? undefined : await findFirst(tx, from);
        const replayed = await replayEvents(tx, { sink, from: first }, now());
        if (replayed.length > 0)
          await appendAudit(tx, auditOf(request, 'replay', sink ?? 'events', { from, dead }), now());
        return replayed;
      });
      if (sink !== undefined && items.length === 0)
        throw new ApiError('NOT_FOUND', `There is no sink "${sink}"`);
      return { items };
    },
  );
}

/** The event that an id or a time names. */
async function findFirst(tx: Tx, from: number | string): Promise<number> {
  if (/^\d+$/.test(String(from))) return Math.max(1, Number(from));
  const time = Date.parse(String(from));
  if (Number.isNaN(time))
    throw new ApiError(
      'BAD_REQUEST',
      `"${from}" is neither the id of an event nor a time as ISO 8601 has it`,
    );
  const first = await findEventSince(tx, time);
  if (first === undefined) throw new ApiError('NOT_FOUND', `Nothing has happened since ${from}`);
  return first;
}
