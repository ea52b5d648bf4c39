import type { FastifyInstance } from 'fastify';
import type { Actor } from '../../engine/actor.ts';
import { listStays } from '../../store/level-views.ts';
import { listVisiblePipelines } from '../access/visible.ts';
import { actOnLevel } from '../actions.ts';
import { ApiError } from '../api-error.ts';
import { type PageQuery, pageQuerySchema } from '../paging.ts';
import { listVisibleLevels, readVisibleLevels, viewStay } from '../read-levels.ts';
import { answerList, answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { readTime } from '../time-range.ts';
import { commentSchema } from './comment.ts';

interface OfLevel {
  readonly level: string;
}

interface HistoryQuery extends PageQuery {
  readonly package?: string;
}

const historyQuery = {
  ...pageQuerySchema,
  properties: {
    ...pageQuerySchema.properties,
    package: { type: 'string', maxLength: 511, description: 'Only of this package, `npmjs/fastify`' },
  },
} as const;

interface FreezeBody {
  readonly comment?: string;
  readonly package?: string;
  readonly until?: string;
}

const onePackage = { type: 'string', maxLength: 511, description: 'Of this package alone' } as const;
const actions = [
  {
    what: 'freeze',
    summary: 'Let nothing enter a level; what runs there goes on',
    body: {
      type: 'object',
      properties: {
        comment: commentSchema,
        package: onePackage,
        until: { type: 'string', maxLength: 40, description: 'Until this time (ISO 8601), or this day' },
      },
      required: ['comment'],
      additionalProperties: false,
    },
  },
  {
    what: 'unfreeze',
    summary: 'Let a level be entered again',
    body: {
      type: ['object', 'null'],
      properties: { comment: commentSchema, package: onePackage },
      additionalProperties: false,
    },
  },
] as const;

interface RecordBody {
  readonly package: string;
  readonly version: string;
  readonly comment: string;
}

const recordBody = {
  type: 'object',
  properties: {
    package: { type: 'string', maxLength: 511, description: '`npmjs/fastify`' },
    version: { type: 'string', maxLength: 255, description: 'One that the ledger has' },
    comment: commentSchema,
  },
  required: ['package', 'version', 'comment'],
  additionalProperties: false,
} as const;

/** What is at levels, and what was, and freezing them. */
export function registerLevels(server: FastifyInstance, surroundings: ApiSurroundings): void {
  const { store, configuration, now } = surroundings;
  const listVisible = (actor: Actor) => listVisibleLevels(actor, configuration().config);
  const requireLevel = (actor: Actor, level: string) => {
    if (!listVisible(actor).includes(level)) throw unknownLevel(level);
  };
  const read = (actor: Actor, levels: readonly string[]) =>
    store.read((tx) => readVisibleLevels(tx, levels, { config: configuration().config, actor, now: now() }));

  server.get(
    '/api/v1/levels',
    {
      config: { needs: 'token' },
      schema: {
        operationId: 'listLevels',
        summary: 'The levels, in the order of the configuration, and what is at each',
        response: answerList('Level'),
      },
    },
    async ({ actor }) => ({ items: await read(actor, listVisible(actor)), next: null }),
  );
  server.get<{ Params: OfLevel }>(
    '/api/v1/levels/:level',
    {
      config: { needs: 'token' },
      schema: {
        operationId: 'readLevel',
        summary: 'A level, and what is there',
        response: answerOne('Level'),
      },
    },
    async ({ params: { level }, actor }) => {
      requireLevel(actor, level);
      const [found] = await read(actor, [level]);
      return found;
    },
  );
  server.get<{ Params: OfLevel; Querystring: HistoryQuery }>(
    '/api/v1/levels/:level/history',
    {
      config: { needs: 'token' },
      schema: {
        operationId: 'listStays',
        summary: 'What was at a level, and what let it in; newest first',
        querystring: historyQuery,
        response: answerList('Stay'),
      },
    },
    async ({ params: { level }, query, actor }) => {
      requireLevel(actor, level);
      const pipelines = listVisiblePipelines(actor, configuration().config);
      const { items, next } = await store.read((tx) => listStays(tx, { level, pipelines, ...query }));
      return { items: items.map(viewStay), next };
    },
  );
  for (const { what, summary, body: schema } of actions) {
    server.post<{ Params: OfLevel; Body: FreezeBody | null }>(
      `/api/v1/levels/:level/${what}`,
      {
        config: { needs: 'token' },
        schema: { operationId: `${what}Level`, summary, body: schema, response: answerOne('Level') },
      },
      async (request) => {
        const { params, actor } = request;
        requireLevel(actor, params.level);
        const { comment, package: name, until } = request.body ?? {};
        const wish = { what, level: params.level, package: name, until: readTime(until, 'until') };
        await actOnLevel(surroundings, request, wish, comment);
        const [found] = await read(actor, [params.level]);
        return found;
      },
    );
  }
  server.post<{ Params: OfLevel; Body: RecordBody }>(
    '/api/v1/levels/:level/record',
    {
      config: { needs: 'token' },
      schema: {
        operationId: 'recordAtLevel',
        summary: 'Say what is at a level that Sluice has not put there; starts nothing',
        body: recordBody,
        response: answerOne('Level'),
      },
    },
    async (request) => {
      const { params, body, actor } = request;
      requireLevel(actor, params.level);
      const { comment, ...what } = body;
      await actOnLevel(surroundings, request, { what: 'record', ...params, ...what }, comment);
      const [found] = await read(actor, [params.level]);
      return found;
    },
  );
}

/** The answer for a level that does not exist, and for one that the token may not see. */
function unknownLevel(name: string): ApiError {
  return new ApiError(
    'NOT_FOUND',
    `There is no level ${name}; GET /api/v1/levels names those that there are`,
  );
}
