import type { FastifyInstance } from 'fastify';
import { answerOne } from '../schemas.ts';

/** Who asks, as the server knows them. */
export function registerMe(server: FastifyInstance): void {
  server.get(
    '/api/v1/me',
    {
      config: { needs: 'token' },
      schema: { operationId: 'readMe', summary: 'Who asks, and what they may', response: answerOne('Actor') },
    },
    async ({ actor }) => ({ name: actor.name, person: actor.person, roles: actor.roles }),
  );
}
