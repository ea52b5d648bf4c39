import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../../config/config.ts';
import { listPackageMaterials } from '../../config/materials.ts';
import { hasRole } from '../../pipelines/actor.ts';
import type { MaterialChoice } from '../../pipelines/choose-by-hand.ts';
import { recordRefusal } from '../../pipelines/record-refusal.ts';
import { triggerRun } from '../../pipelines/trigger-run.ts';
import { describeChosen } from '../../polling/describe-chosen.ts';
import { appendAudit } from '../../store/audit.ts';
import { appendEvents } from '../../store/events.ts';
import { auditOf } from '../access/audit-of.ts';
import { ApiError } from '../api-error.ts';
import { pollOnRequest } from '../poll-on-request.ts';
import { answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { readRunDocument } from '../view-run.ts';
import { commentSchema } from './comment.ts';
import { requirePipeline } from './pipelines.ts';

/** What a trigger says. */
interface TriggerBody {
  /** A version, the counter of an upstream run, or what last passed a stage: `{"passed": "acceptance/smoke"}`. */
  readonly materials?: Readonly<Record<string, string | number | { readonly passed: string }>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly poll?: boolean;
  readonly comment?: string;
  readonly override?: boolean;
}

type TriggerRequest = FastifyRequest<{ Params: { readonly pipeline: string }; Body: TriggerBody | null }>;

const passed = { type: 'string', pattern: '^[^/]+/[^/]+$', description: 'PIPELINE/STAGE' };
const choice = {
  // What is no text is made one where that is possible, so that exactly one would be too few.
  anyOf: [
    { type: 'string' },
    { type: 'integer' },
    { type: 'object', properties: { passed }, required: ['passed'], additionalProperties: false },
  ],
};
const triggerBody = {
  type: ['object', 'null'],
  properties: {
    materials: {
      type: 'object',
      additionalProperties: choice,
      description:
        'By material a version, the counter of an upstream run, or what last passed a stage of a pipeline; the others contribute the newest that agrees',
    },
    environment: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'For names that the pipeline declares',
    },
    poll: { type: 'boolean', default: true, description: "Whether the materials' repositories are polled first" },
    comment: commentSchema,
    override: {
      type: 'boolean',
      default: false,
      description: 'Take republished and withdrawn revisions all the same: for admins, with a comment',
    },
  },
  additionalProperties: false,
} as const;

/** Starting a run by hand. */
export function registerTrigger(server: FastifyInstance, surroundings: ApiSurroundings): void {
  server.post<{ Params: { readonly pipeline: string }; Body: TriggerBody | null }>(
    '/api/v1/pipelines/:pipeline/runs',
    {
      config: { needs: 'operate' },
      schema: {
        operationId: 'triggerRun',
        summary: 'Trigger: with chosen revisions and environment; answers the run',
        body: triggerBody,
        response: answerOne('Run', 201),
      },
    },
    async (request, reply) => {
      const { params } = request;
      requirePipeline(surroundings, params.pipeline);
      await prepare(surroundings, request);
      const counter = await startRun(surroundings, request);
      return reply.status(201).send(await readRunDocument(surroundings, { pipeline: params.pipeline, counter }));
    },
  );
}

function toChoices(materials: NonNullable<TriggerBody['materials']>): Readonly<Record<string, MaterialChoice>> {
  const choose = (given: string | number | { readonly passed: string }): MaterialChoice => {
    if (typeof given !== 'object') return given;
    const [pipeline = '', stage = ''] = given.passed.split('/');
    return { passed: { pipeline, stage } };
  };
  return Object.fromEntries(Object.entries(materials).map(([name, given]) => [name, choose(given)]));
}

/** Has what is to be pinned looked at before; throws what stands against it, which is recorded as a decision, too. */
async function prepare(surroundings: ApiSurroundings, request: TriggerRequest): Promise<void> {
  const { pipeline } = request.params;
  const { poll = true, materials = {} } = request.body ?? {};
  try {
    if (poll) await pollMaterials(surroundings, request);
    await describeMaterials(surroundings, materials);
  } catch (error) {
    if (error instanceof ApiError && (error.code === 'POLL_FAILED' || error.code === 'REFUSED')) {
      const refused = { pipeline, materials: toChoices(materials), reason: error.message };
      await surroundings.store.transact((tx) => recordRefusal(tx, refused, surroundings.startOptions()));
    }
    throw error;
  }
}

/** Polls the repositories of a pipeline's materials; throws POLL_FAILED where one of them fails, since "newest" would be a guess. */
async function pollMaterials(surroundings: ApiSurroundings, request: TriggerRequest): Promise<void> {
  const { pipeline } = request.params;
  for (const repository of repositoriesOf(surroundings.configuration().config, pipeline)) {
    const answer = await pollOnRequest(surroundings, repository, auditOf(request, 'poll', repository, { for: pipeline })).catch(
      (error: unknown) => {
        throw error instanceof ApiError && error.code === 'TOO_MANY_REQUESTS' ? refusePoll(repository, error.message) : error;
      },
    );
    if (answer?.problem && answer.outcome === 'failed') {
      throw refusePoll(repository, `${answer.problem.code}: ${answer.problem.message}`);
    }
  }
}

/** Has the versions described that somebody chose; throws REFUSED where one of them is not really there. */
async function describeMaterials(surroundings: ApiSurroundings, materials: NonNullable<TriggerBody['materials']>): Promise<void> {
  const { store, host, configuration, stopping } = surroundings;
  const around = { store, host: host(), config: configuration().config, signal: stopping };
  for (const [material, version] of Object.entries(materials)) {
    if (typeof version !== 'string') continue;
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

async function startRun({ store, startOptions, tell }: ApiSurroundings, request: TriggerRequest): Promise<number> {
  const { actor } = request;
  const { pipeline } = request.params;
  const { environment = {}, comment, override = false } = request.body ?? {};
  const materials = toChoices(request.body?.materials ?? {});
  if (override && !hasRole(actor, 'admin'))
    throw new ApiError('FORBIDDEN', 'Only an admin may override what is wrong with a revision');
  if (override && comment === undefined) throw new ApiError('BAD_REQUEST', 'Say why in "comment" where you override');
  const triggered = await store.transact(async (tx) => {
    const options = startOptions();
    const result = await triggerRun(tx, { pipeline, materials, environment, actor, comment, override }, options);
    const details = { materials, environment: Object.keys(environment), ...(override && { override }), comment: comment ?? null };
    if (!result.refusal)
      await appendAudit(tx, auditOf(request, 'trigger', `${pipeline}/${result.counter}`, details), options.now);
    await appendEvents(tx, result.changes.events, options.now);
    return result;
  });
  tell(triggered.changes.runs);
  if (triggered.refusal) throw new ApiError('REFUSED', triggered.refusal.message);
  return triggered.counter;
}
