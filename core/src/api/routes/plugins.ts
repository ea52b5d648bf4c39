import type { FastifyInstance } from 'fastify';
import type { ApiSurroundings } from '../surroundings.ts';

/** The plugins that are loaded. */
export function registerPlugins(server: FastifyInstance, { host }: ApiSurroundings): void {
  server.get('/api/v1/plugins', { schema: { summary: 'The plugins that are loaded' } }, async () => ({
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
