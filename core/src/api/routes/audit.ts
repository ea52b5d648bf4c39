import type { FastifyInstance } from 'fastify';
import { type AuditFilter, listAudit } from '../../store/audit.ts';
import { type PageQuery, pageQuerySchema, toIso } from '../paging.ts';
import { answerList } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';

const filters = {
  subject: { type: 'string', description: 'Only what was done to it or to something below it: `acceptance`, `npmjs/fastify`' },
  actor: { type: 'string', description: 'Only what was done with the token of this name' },
} as const;

/** Who did what, from where, when. For admins only, since it speaks of every pipeline and says where people were. */
export function registerAudit(server: FastifyInstance, { store }: ApiSurroundings): void {
  server.get<{ Querystring: PageQuery & AuditFilter }>(
    '/api/v1/audit',
    {
      config: { needs: 'admin' },
      schema: {
        operationId: 'listAudit',
        summary: 'Who did what, from where, when; newest first',
        querystring: { ...pageQuerySchema, properties: { ...pageQuerySchema.properties, ...filters } },
        response: answerList('Audit'),
      },
    },
    async ({ query }) => {
      const { items, next } = await store.read((tx) => listAudit(tx, query));
      return { items: items.map((entry) => ({ ...entry, at: toIso(entry.at) })), next };
    },
  );
}
