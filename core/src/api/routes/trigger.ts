import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../../config/config.ts';
import { listPackageMaterials } from '../../config/materials.ts';
import { because, type Refusal } from '../../domain/reason.ts';
import { hasRole } from '../../engine/actor.ts';
import type { MaterialChoice, TriggerByHand } from '../../engine/happening.ts';
import { describeChosen } from '../../polling/describe-chosen.ts';
import type { NewAudit } from '../../store/audit.ts';
import { auditOf } from '../access/audit-of.ts';
import { ask } from '../actions.ts';
import { ApiError } from '../api-error.ts';
import { pollOnRequest } from '../poll-on-request.ts';
import { toTriggerError } from '../refusals.ts';
import { answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { readRunDocument } from '../view-run.ts';
import { commentSchema } from './comment.ts';
import { requirePipeline } from './pipelines.ts';

/** What a trigger says. */
interface TriggerBody {
  /**
   * A version, the counter of an upstream run, or what last passed a stage: `{"passed": "acceptance/smoke"}`.
   */
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
    poll: {
      type: 'boolean',
      default: true,
      description: "Whether the materials' repositories are polled first",
    },
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
      const counter = await startRun(surroundings, request);
      return reply
        .status(201)
        .send(await readRunDocument(surroundings, { pipeline: params.pipeline, counter }));
    },
  );
}

function toChoices(
  materials: NonNullable<TriggerBody['materials']>,
): Readonly<Record<string, MaterialChoice>> {
  const choose = (given: string | number | { readonly passed: string }): MaterialChoice => {
    if (typeof given !== 'object') return given;
    const [pipeline = '', stage = ''] = given.passed.split('/');
    return { passed: { pipeline, stage } };
  };
  return Object.fromEntries(Object.entries(materials).map(([name, given]) => [name, choose(given)]));
}

/** Has what is to be pinned looked at before; answers what stands against it. */
async function prepare(surroundings: ApiSurroundings, request: TriggerRequest): Promise<Refusal | undefined> {
  const { poll = true, materials = {} } = request.body ?? {};
  return (
    (poll ? await pollMaterials(surroundings, request) : undefined) ??
    describeMaterials(surroundings, materials)
  );
}

/** Polls the repositories of a pipeline's materials; where one of them fails, "newest" would be a guess. */
async function pollMaterials(
  surroundings: ApiSurroundings,
  request: TriggerRequest,
): Promise<Refusal | undefined> {
  const { pipeline } = request.params;
  for (const repository of repositoriesOf(surroundings.configuration().config, pipeline)) {
    const why = await findPollProblem(
      surroundings,
      repository,
      auditOf(request, 'poll', repository, { for: pipeline }),
    );
    if (why !== undefined) return because('poll-failed-first', { repository, why });
  }
  return undefined;
}

async function findPollProblem(
  surroundings: ApiSurroundings,
  repository: string,
  audit: NewAudit,
): Promise<string | undefined> {
  try {
    const answer = await pollOnRequest(surroundings, repository, audit);
    const isFailed = answer?.problem && answer.outcome === 'failed';
    return isFailed ? `${answer.problem.code}: ${answer.problem.message}` : undefined;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'TOO_MANY_REQUESTS') return error.message;
    throw error;
  }
}

/** Has the versions described that somebody chose; answers why one of them is not really there. */
async function describeMaterials(
  surroundings: ApiSurroundings,
  materials: NonNullable<TriggerBody['materials']>,
): Promise<Refusal | undefined> {
  const { store, host, configuration, stopping } = surroundings;
  const around = { store, host: host(), config: configuration().config, signal: stopping };
  for (const [material, version] of Object.entries(materials)) {
    if (typeof version !== 'string') continue;
    const [repository = '', name = ''] = material.split('/');
    const problem = await describeChosen({ repository, package: name, version }, around);
    if (problem) {
      return because('cannot-pin', { package: material, version, code: problem.code, why: problem.message });
    }
  }
  return undefined;
}

function repositoriesOf(config: Config, pipeline: string): ReadonlySet<string> {
  const definition = config.pipelines.get(pipeline);
  return new Set(definition ? listPackageMaterials(definition).map(({ repository }) => repository) : []);
}

async function startRun(surroundings: ApiSurroundings, request: TriggerRequest): Promise<number> {
  const { pipeline } = request.params;
  const { environment = {}, comment, override = false } = request.body ?? {};
  const materials = toChoices(request.body?.materials ?? {});
  if (override && !hasRole(request.actor, 'admin')) {
    throw new ApiError('FORBIDDEN', 'Only an admin may override what is wrong with a revision');
  }
  if (override && comment === undefined) {
    throw new ApiError('BAD_REQUEST', 'Say why in "comment" where you override');
  }
  const obstacle = await prepare(surroundings, request);
  const wish: TriggerByHand = { what: 'trigger', pipeline, materials, environment, override, obstacle };
  const names = Object.keys(environment);
  const details = { materials, environment: names, ...(override && { override }), comment: comment ?? null };
  const { refusal, run } = await ask(surroundings, request, { wish, comment }, (happened) => ({
    action: 'trigger',
    subject: `${pipeline}/${happened.run}`,
    details,
  }));
  if (refusal) throw toTriggerError(refusal);
  if (run === undefined) throw new Error(`${pipeline} was triggered, and no run was created`);
  return run;
}
