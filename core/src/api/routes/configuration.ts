import type { FastifyInstance } from 'fastify';
import { viewConfiguration, viewRefused } from '../configuration-view.ts';
import { toIso } from '../paging.ts';
import { answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';

/** The configuration that runs, as it was written; what is secret and was written literally is not shown. */
export function registerConfiguration(server: FastifyInstance, surroundings: ApiSurroundings): void {
  server.get(
    '/api/v1/configuration',
    {
      config: { needs: 'viewer' },
      schema: {
        operationId: 'readConfiguration',
        summary: 'The configuration that runs, and what became of the last reload',
        response: answerOne('Configuration'),
      },
    },
    async ({ actor }) => {
      const { config, loadedAt } = surroundings.configuration();
      const refused = viewRefused(surroundings, actor);
      return {
        file: config.file,
        files: config.files,
        hash: config.hash,
        loadedAt: toIso(loadedAt),
        refused: refused ? { ...refused, at: toIso(refused.at) } : null,
        ...viewConfiguration(surroundings, actor),
      };
    },
  );
}
