import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config/config.ts';
import { listPackageMaterials } from '../../config/materials.ts';
import { anonymous } from '../../pipelines/actor.ts';
import { triggerRun } from '../../pipelines/trigger-run.ts';
import { describeChosen } from '../../polling/describe-chosen.ts';
import { appendEvents } from '../../store/events.ts';
import { readJobLog } from '../../store/logs.ts';
import { listRuns, type RunView, readRun, type StageView } from '../../store/run-views.ts';
import { ApiError } from '../api-error.ts';
import { type PageQuery, pageQuerySchema, toIso } from '../paging.ts';
import { pollOnRequest } from '../poll-on-request.ts';
import { answerList, answerOne, answerText } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { requirePipeline } from './pipelines.ts';

interface OfRun {
  readonly pipeline: string;
  readonly counter: number;
}

interface TriggerBody {
  readonly materials?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly poll?: boolean;
}

const runParams = {
  type: 'object',
  properties: { pipeline: { type: 'string' }, counter: { type: 'integer', minimum: 1 } },
  required: ['pipeline', 'counter'],
} as const;

const triggerBody = {
  type: ['object', 'null'],
  properties: {
    materials: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Versions by material; the others contribute their newest',
    },
    environment: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'For names that the pipeline declares',
    },
    poll: { type: 'boolean', default: true, description: "Whether the materials' repositories are polled first" },
  },
  additionalProperties: false,
} as const;

/** Runs: what they pinned, how they go, what they printed; and starting one by hand. */
export function registerRuns(server: FastifyInstance, surroundings: ApiSurroundings): void {
  const { store } = surroundings;

  server.get<{ Params: { readonly pipeline: string }; Querystring: PageQuery }>(
    '/api/v1/pipelines/:pipeline/runs',
    {
      schema: {
        operationId: 'listRuns',
        summary: 'The runs of a pipeline, newest first',
        querystring: pageQuerySchema,
        response: answerList('Run'),
      },
    },
    async ({ params, query }) => {
      requirePipeline(surroundings, params.pipeline);
      const { items, next } = await store.transact((tx) => listRuns(tx, params.pipeline, query));
      return { items: items.map(viewRun), next };
    },
  );

  server.post<{ Params: { readonly pipeline: string }; Body: TriggerBody | null }>(
    '/api/v1/pipelines/:pipeline/runs',
    {
      schema: {
        operationId: 'triggerRun',
        summary: 'Trigger: with chosen revisions and environment; answers the run',
        body: triggerBody,
        response: answerOne('Run', 201),
      },
    },
    async ({ params, body }, reply) => {
      requirePipeline(surroundings, params.pipeline);
      if (body?.poll ?? true) await pollMaterials(surroundings, params.pipeline);
      await describeMaterials(surroundings, body?.materials ?? {});
      const counter = await startRun(surroundings, params.pipeline, body ?? {});
      return reply.status(201).send(await readOne(surroundings, { pipeline: params.pipeline, counter }));
    },
  );

  server.get<{ Params: OfRun }>(
    '/api/v1/pipelines/:pipeline/runs/:counter',
    { schema: { operationId: 'readRun', summary: 'A run', params: runParams, response: answerOne('Run') } },
    async ({ params }) => readOne(surroundings, params),
  );

  server.get<{ Params: OfRun & { readonly stage: string; readonly job: string }; Querystring: { readonly after?: string } }>(
    '/api/v1/pipelines/:pipeline/runs/:counter/stages/:stage/jobs/:job/log',
    {
      schema: {
        operationId: 'readJobLog',
        summary:
          'What a job printed, masked; `Sluice-Log-Next` is the ?after= of what comes next, `Sluice-Log-Complete` whether anything can',
        params: { ...runParams, properties: { ...runParams.properties, stage: { type: 'string' }, job: { type: 'string' } } },
        querystring: { type: 'object', properties: { after: { type: 'string', maxLength: 32 } }, additionalProperties: false },
        response: answerText('text/plain', 'A part of the log'),
      },
    },
    async ({ params, query }, reply) => {
      const part = await store.transact((tx) => readJobLog(tx, params, query.after));
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
          'x-content-type-options': 'nosniff',
        })
        .send(part.text);
    },
  );
}

/** Polls the repositories of a pipeline's materials; throws POLL_FAILED where one of them fails, since "newest" would be a guess. */
async function pollMaterials(surroundings: ApiSurroundings, pipeline: string): Promise<void> {
  for (const repository of repositoriesOf(surroundings.configuration().config, pipeline)) {
    const answer = await pollOnRequest(surroundings, repository).catch((error: unknown) => {
      throw error instanceof ApiError && error.code === 'TOO_MANY_REQUESTS' ? refusePoll(repository, error.message) : error;
    });
    if (answer?.problem && answer.outcome === 'failed') {
      throw refusePoll(repository, `${answer.problem.code}: ${answer.problem.message}`);
    }
  }
}

/** Has the versions described that somebody chose; throws REFUSED where one of them is not really there. */
async function describeMaterials(surroundings: ApiSurroundings, materials: Readonly<Record<string, string>>): Promise<void> {
  const { store, host, configuration, stopping } = surroundings;
  const around = { store, host: host(), config: configuration().config, signal: stopping };
  for (const [material, version] of Object.entries(materials)) {
    const [repository = '', name = ''] = material.split('/');
    const problem = await describeChosen({ repository, package: name, version }, around);
    if (problem) throw new ApiError('REFUSED', `${material} ${version} cannot be pinned: ${problem.code}: ${problem.message}`);
  }
}

function refusePoll(repository: string, why: string): ApiError {
  const message = `${repository} could not be polled first (${why}); send "poll": false to go by what is recorded`;
  return new ApiError('POLL_FAILED', message);
}

function repositoriesOf(config: Config, pipeline: string): ReadonlySet<string> {
  const definition = config.pipelines.get(pipeline);
  return new Set(definition ? listPackageMaterials(definition).map(({ repository }) => repository) : []);
}

async function startRun(
  { store, startOptions, tell }: ApiSurroundings,
  pipeline: string,
  { materials = {}, environment = {} }: TriggerBody,
): Promise<number> {
  const triggered = await store.transact(async (tx) => {
    const options = startOptions();
    const result = await triggerRun(
      tx,
      { pipeline, materials, environment, actor: anonymous, comment: undefined, override: false },
      options,
    );
    await appendEvents(tx, result.changes.events, options.now);
    return result;
  });
  tell(triggered.changes.runs);
  if (triggered.refusal) throw new ApiError('REFUSED', triggered.refusal.message);
  return triggered.counter;
}

async function readOne({ store }: ApiSurroundings, { pipeline, counter }: OfRun): Promise<Readonly<Record<string, unknown>>> {
  const run = await store.transact((tx) => readRun(tx, pipeline, counter));
  if (!run) throw new ApiError('NOT_FOUND', `There is no run ${counter} of ${pipeline}, or none any more`);
  return viewRun(run);
}

function viewRun({ createdAt, finishedAt, stages, ...run }: RunView): Readonly<Record<string, unknown>> {
  return {
    ...run,
    createdAt: toIso(createdAt),
    finishedAt: toIso(finishedAt),
    stages: stages.map(viewStage),
  };
}

function viewStage({ approvals, expiresAt, notBefore, startedAt, finishedAt, ...stage }: StageView): Readonly<Record<string, unknown>> {
  return {
    ...stage,
    approvals: approvals.map((approval) => ({ ...approval, at: toIso(approval.at) })),
    ...{ expiresAt: toIso(expiresAt), notBefore: toIso(notBefore), startedAt: toIso(startedAt), finishedAt: toIso(finishedAt) },
  };
}
