import type { FastifyInstance } from 'fastify';
import { answerList } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';

/** The plugins that are loaded. */
export function registerPlugins(server: FastifyInstance, { host }: ApiSurroundings): void {
  const schema = {
    operationId: 'listPlugins',
    summary: 'The plugins that are loaded',
    response: answerList('Plugin'),
  };
  server.get('/api/v1/plugins', { config: { needs: 'viewer' }, schema }, async () => ({
    items: [...host().loaded().values()].map(({ id, title, version, contract, source }) => ({
      id,
      title,
      version,
      contract,
      source,
    })),
    next: null,
  }));
}
