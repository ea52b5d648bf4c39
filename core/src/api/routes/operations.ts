import type { FastifyInstance } from 'fastify';
import type { PipelineWish } from '../../engine/happening.ts';
import { listHeld, readPipeline } from '../../store/pipeline-views.ts';
import { findPipeline } from '../../store/pipelines.ts';
import { actOnPipeline } from '../actions.ts';
import { answerList, answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { unknownPipeline } from '../unknown-pipeline.ts';
import { commentSchema } from './comment.ts';
import { type OfPipeline, requirePipeline, viewPipeline } from './pipelines.ts';

interface Body {
  readonly comment?: string;
  readonly take?: 'all' | 'newest' | 'none';
}

const optional = {
  type: ['object', 'null'],
  properties: { comment: commentSchema },
  additionalProperties: false,
};
const operations = [
  {
    path: 'pause',
    summary: 'Stop starts and automatic approvals; says why',
    body: {
      type: 'object',
      properties: { comment: commentSchema },
      required: ['comment'],
      additionalProperties: false,
    },
    wishOf: (): PipelineWish['what'] => 'pause',
  },
  {
    path: 'unpause',
    summary: 'Let a paused pipeline go on',
    body: optional,
    wishOf: (): PipelineWish['what'] => 'unpause',
  },
  {
    path: 'unlock',
    summary: 'Take the lock from the run that holds it',
    body: optional,
    wishOf: (): PipelineWish['what'] => 'unlock',
  },
  {
    path: 'held',
    summary: 'Let go of what the storm guard holds: all, only the newest of each material, or none',
    body: {
      type: 'object',
      properties: { take: { type: 'string', enum: ['all', 'newest', 'none'] }, comment: commentSchema },
      required: ['take'],
      additionalProperties: false,
    },
    wishOf: ({ take = 'none' }: Body): PipelineWish['what'] => `take ${take}`,
  },
] as const;

/** What people do to pipelines; each answers the pipeline. */
export function registerOperations(server: FastifyInstance, surroundings: ApiSurroundings): void {
  const { store } = surroundings;
  for (const { path, summary, body: schema, wishOf } of operations) {
    server.post<{ Params: OfPipeline; Body: Body | null }>(
      `/api/v1/pipelines/:pipeline/${path}`,
      {
        config: { needs: 'operate' },
        schema: { operationId: `${path}Pipeline`, summary, body: schema, response: answerOne('Pipeline') },
      },
      async (request) => {
        const { params, body } = request;
        requirePipeline(surroundings, params.pipeline);
        await actOnPipeline(surroundings, request, { ...params, what: wishOf(body ?? {}) }, body?.comment);
        const found = await store.read((tx) => readPipeline(tx, params.pipeline));
        if (!found) throw unknownPipeline(params.pipeline);
        return viewPipeline(surroundings, found);
      },
    );
  }

  server.get<{ Params: OfPipeline }>(
    '/api/v1/pipelines/:pipeline/held',
    {
      config: { needs: 'view' },
      schema: {
        operationId: 'listHeld',
        summary: 'What the storm guard holds, and would start',
        response: answerList('Held'),
      },
    },
    async ({ params }) => {
      const items = await store.read(async (tx) => {
        const id = await findPipeline(tx, params.pipeline);
        return id === undefined ? undefined : listHeld(tx, id);
      });
      if (!items) throw unknownPipeline(params.pipeline);
      return { items, next: null };
    },
  );
}
