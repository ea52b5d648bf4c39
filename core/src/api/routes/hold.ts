import type { FastifyInstance } from 'fastify';
import { readHold } from '../../store/hold.ts';
import { actOnHold } from '../actions.ts';
import { toIso } from '../paging.ts';
import { answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { commentSchema } from './comment.ts';

/** What holds all starts, and the end of it. */
export function registerHold(server: FastifyInstance, surroundings: ApiSurroundings): void {
  const { store } = surroundings;
  const viewHold = async () => {
    const hold = await store.read(readHold);
    return { held: hold ? { since: toIso(hold.since), reason: hold.reason } : null };
  };

  server.get(
    '/api/v1/hold',
    {
      config: { needs: 'viewer' },
      schema: {
        operationId: 'readHold',
        summary: 'What holds all starts, as after a restore',
        response: answerOne('Hold'),
      },
    },
    viewHold,
  );

  const release = {
    operationId: 'releaseHold',
    summary: 'Let go of all starts that are held: what waited begins in its turn',
    body: { type: ['object', 'null'], properties: { comment: commentSchema }, additionalProperties: false },
    response: answerOne('Hold'),
  };
  server.post<{ Body: { readonly comment?: string } | null }>(
    '/api/v1/hold/release',
    { config: { needs: 'admin' }, schema: release },
    async (request) => {
      await actOnHold(surroundings, request, request.body?.comment);
      return viewHold();
    },
  );
}
