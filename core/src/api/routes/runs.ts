import type { FastifyInstance } from 'fastify';
import { readJobLog } from '../../store/logs.ts';
import { listRuns } from '../../store/run-views.ts';
import { ApiError } from '../api-error.ts';
import { type PageQuery, pageQuerySchema } from '../paging.ts';
import { answerList, answerOne, answerText } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { type OfRun, readRunDocument, viewRun } from '../view-run.ts';
import { requirePipeline } from './pipelines.ts';

/** The JSON Schema of {@link OfRun}, as parameters of a route. */
export const runParams = {
  type: 'object',
  properties: { pipeline: { type: 'string' }, counter: { type: 'integer', minimum: 1 } },
  required: ['pipeline', 'counter'],
} as const;

/** Runs: what they pinned, how they go, what they printed. */
export function registerRuns(server: FastifyInstance, surroundings: ApiSurroundings): void {
  const { store } = surroundings;

  server.get<{ Params: { readonly pipeline: string }; Querystring: PageQuery }>(
    '/api/v1/pipelines/:pipeline/runs',
    {
      config: { needs: 'view' },
      schema: {
        operationId: 'listRuns',
        summary: 'The runs of a pipeline, newest first',
        querystring: pageQuerySchema,
        response: answerList('Run'),
      },
    },
    async ({ params, query }) => {
      requirePipeline(surroundings, params.pipeline);
      const { items, next } = await store.read((tx) => listRuns(tx, params.pipeline, query));
      return { items: items.map(viewRun), next };
    },
  );

  server.get<{ Params: OfRun }>(
    '/api/v1/pipelines/:pipeline/runs/:counter',
    {
      config: { needs: 'view' },
      schema: { operationId: 'readRun', summary: 'A run', params: runParams, response: answerOne('Run') },
    },
    async ({ params }) => readRunDocument(surroundings, params),
  );

  server.get<{
    Params: OfRun & { readonly stage: string; readonly job: string };
    Querystring: { readonly after?: string };
  }>(
    '/api/v1/pipelines/:pipeline/runs/:counter/stages/:stage/jobs/:job/log',
    {
      config: { needs: 'view' },
      schema: {
        operationId: 'readJobLog',
        summary:
          'What a job printed, masked; `Sluice-Log-Next` is the ?after= of what comes next, `Sluice-Log-Complete` whether anything can',
        params: {
          ...runParams,
          properties: { ...runParams.properties, stage: { type: 'string' }, job: { type: 'string' } },
        },
        querystring: {
          type: 'object',
          properties: { after: { type: 'string', maxLength: 32 } },
          additionalProperties: false,
        },
        response: answerText('text/plain', 'A part of the log'),
      },
    },
    async ({ params, query }, reply) => {
      const part = await store.read((tx) => readJobLog(tx, params, query.after));
      if (!part)
        throw new ApiError(
          'NOT_FOUND',
          `There is no job ${params.job} in stage ${params.stage} of ${params.pipeline}/${params.counter}`,
        );
      return reply
        .type('text/plain; charset=utf-8')
        .headers({
          'sluice-log-next': part.next,
          'sluice-log-complete': String(part.complete),
        })
        .send(part.text);
    },
  );
}
