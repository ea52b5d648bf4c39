import type { FastifyInstance } from 'fastify';
import type { StageWish } from '../../engine/happening.ts';
import { actOnStage } from '../actions.ts';
import { answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { type OfRun, readRunDocument } from '../view-run.ts';
import { commentSchema } from './comment.ts';
import { requirePipeline } from './pipelines.ts';
import { runParams } from './runs.ts';

type Params = OfRun & { readonly stage: string };

interface Body {
  readonly comment?: string;
  readonly stageCounter?: number;
  readonly failedJobsOnly?: boolean;
}

const stageCounter = {
  type: 'integer',
  minimum: 1,
  description: 'The attempt at the stage that is meant; 409 if it is another by now',
};
const failedJobsOnly = { type: 'boolean', default: false, description: 'Jobs that passed stay as they are' };

/** What can be done to a stage, whom it is for, and what it is told. */
const actions = [
  {
    action: 'approve',
    summary: 'Let a run into a stage that waits for approval; the stage says who may',
    needs: 'view',
    properties: { comment: commentSchema, stageCounter },
    required: [],
  },
  {
    action: 'reject',
    summary: 'Do not let a run into a stage that waits for approval: the run ends there; says why',
    needs: 'view',
    properties: { comment: commentSchema, stageCounter },
    required: ['comment'],
  },
  {
    action: 'rerun',
    summary:
      'Run a stage again, with the same revisions, as its next attempt; where people approve it they are asked anew, unless whoever asks could approve it alone',
    needs: 'operate',
    properties: { comment: commentSchema, stageCounter, failedJobsOnly },
    required: [],
  },
  {
    action: 'cancel',
    summary: 'Cancel a stage that waits or runs; its jobs are ended',
    needs: 'operate',
    properties: { comment: commentSchema, stageCounter },
    required: [],
  },
] as const;

/** Approvals, and what else people do to stages; each answers the run. */
export function registerStages(server: FastifyInstance, surroundings: ApiSurroundings): void {
  for (const { action, summary, needs, properties, required } of actions) {
    const isOptional = required.length === 0;
    server.post<{ Params: Params; Body: Body | null }>(
      `/api/v1/pipelines/:pipeline/runs/:counter/stages/:stage/${action}`,
      {
        config: { needs },
        schema: {
          operationId: `${action}Stage`,
          summary,
          params: { ...runParams, properties: { ...runParams.properties, stage: { type: 'string' } } },
          body: {
            type: isOptional ? ['object', 'null'] : 'object',
            properties,
            required,
            additionalProperties: false,
          },
          response: answerOne('Run'),
        },
      },
      async (request) => {
        const { params, body } = request;
        requirePipeline(surroundings, params.pipeline);
        const wish: StageWish = { ...params, what: wishOf(action, body), stageCounter: body?.stageCounter };
        await actOnStage(surroundings, request, wish, body?.comment);
        return readRunDocument(surroundings, params);
      },
    );
  }
}

function wishOf(action: (typeof actions)[number]['action'], body: Body | null): StageWish['what'] {
  return action === 'rerun' && body?.failedJobsOnly ? 'rerun failed' : action;
}
