import type { FastifyInstance } from 'fastify';
import { type AuditFilter, listAudit } from '../../store/audit.ts';
import { splitWords } from '../../store/search.ts';
import { type PageQuery, pageQuerySchema, toIso } from '../paging.ts';
import { answerSearch } from '../schemas.ts';
import { searchBack } from '../search-back.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { readTimeRange, type TimeRangeQuery, timeRangeSchema } from '../time-range.ts';

type AuditQuery = PageQuery & { readonly q?: string } & Pick<
    AuditFilter,
    'person' | 'action' | 'subject' | 'actor'
  > &
  TimeRangeQuery;

const fragment = { type: 'string', maxLength: 255 } as const;
const filters = {
  q: { ...fragment, description: 'Words, each a fragment of a person, an action, a subject or a detail' },
  person: { ...fragment, description: "A fragment of the person's name, or of the token's" },
  action: { ...fragment, description: 'A fragment of what was done: `approve`' },
  subject: { ...fragment, description: 'A fragment of what it was done to: `acceptance`, `fastify/5.2`' },
  actor: { ...fragment, description: 'The whole name of the token' },
  ...timeRangeSchema,
} as const;

/**
 * Who did what, from where, when. For admins only, since it speaks of every pipeline and says where people
 * were.
 */
export function registerAudit(server: FastifyInstance, surroundings: ApiSurroundings): void {
  server.get<{ Querystring: AuditQuery }>(
    '/api/v1/audit',
    {
      config: { needs: 'admin' },
      schema: {
        operationId: 'listAudit',
        summary: 'Who did what, from where, when; newest first',
        querystring: { ...pageQuerySchema, properties: { ...pageQuerySchema.properties, ...filters } },
        response: answerSearch('Audit'),
      },
    },
    async ({ query }) => {
      const filter = { ...query, words: splitWords(query.q ?? ''), ...readTimeRange(query) };
      const { items, next, searchedTo } = await searchBack(surroundings, query, (tx, part) =>
        listAudit(tx, { ...filter, ...part }),
      );
      return {
        items: items.map((entry) => ({ ...entry, at: toIso(entry.at) })),
        next,
        searchedTo: toIso(searchedTo),
      };
    },
  );
}
