import type { FastifyInstance } from 'fastify';
import { findPackageId } from '../../store/read-repositories.ts';
import { pageQuerySchema, toIso } from '../paging.ts';
import { readBoardPage } from '../read-board.ts';
import { answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { viewAlarm } from '../view-run.ts';
import { type OfPackage, unknownPackage } from './repositories.ts';

interface BoardQuery {
  readonly limit: number;
  readonly after?: number;
  readonly version?: string;
}

const { limit, after } = pageQuerySchema.properties;
const querystring = {
  ...pageQuerySchema,
  properties: {
    limit: { ...limit, maximum: 100, default: 20 },
    after,
    version: { type: 'string', maxLength: 255, description: 'Only this version' },
  },
} as const;

/** Which versions of a package have come to which levels. */
export function registerBoard(server: FastifyInstance, { store, configuration }: ApiSurroundings): void {
  server.get<{ Params: OfPackage; Querystring: BoardQuery }>(
    '/api/v1/repositories/:repo/packages/:pkg/board',
    {
      config: { needs: 'viewer' },
      schema: {
        operationId: 'readBoard',
        summary:
          'The promotion board: versions, newest first, and where each is of the levels that the package flows through',
        querystring,
        response: answerOne('Board'),
      },
    },
    async ({ params, query, actor }) => {
      const { config } = configuration();
      const board = await store.read(async (tx) => {
        const packageId = await findPackageId(tx, params.repo, params.pkg);
        const name = `${params.repo}/${params.pkg}`;
        return packageId === undefined
          ? undefined
          : readBoardPage(tx, { packageId, name, ...query }, { config, actor });
      });
      if (!board) throw unknownPackage(params);
      const items = board.items.map((row) => ({
        ...row,
        alarms: row.alarms.map(viewAlarm),
        publishedAt: toIso(row.publishedAt),
        detectedAt: toIso(row.detectedAt),
      }));
      return { ...board, items };
    },
  );
}
