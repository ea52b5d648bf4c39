import type { FastifyInstance } from 'fastify';
import { acknowledge } from '../../polling/acknowledge.ts';
import { requestAuditedPoll } from '../../polling/request-poll.ts';
import { appendAudit } from '../../store/audit.ts';
import { listPolls } from '../../store/polls.ts';
import { listRevisions, readRepositories } from '../../store/read-repositories.ts';
import { auditOf } from '../access/audit-of.ts';
import { ApiError } from '../api-error.ts';
import { type PageQuery, pageQuerySchema } from '../paging.ts';
import { pollOnRequest } from '../poll-on-request.ts';
import { answerList, answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { viewPoll, viewRepository, viewRevision } from '../views.ts';

interface InRepository {
  readonly repo: string;
}

/** A package, as the parameters of a route. */
export interface OfPackage extends InRepository {
  readonly pkg: string;
}

/** What is watched, how it is, and what the ledger has of it. */
export function registerRepositories(server: FastifyInstance, surroundings: ApiSurroundings): void {
  const { store, inForce, tell, now } = surroundings;

  const readOne = async (name: string) => {
    const [status] = await store.read((tx) => readRepositories(tx, name));
    if (!status) throw unknownRepository(name);
    return viewRepository(status, pluginOf(surroundings, name));
  };

  const list = {
    operationId: 'listRepositories',
    summary: 'The repositories and how they are',
    response: answerList('Repository'),
  };
  server.get('/api/v1/repositories', { config: { needs: 'viewer' }, schema: list }, async () => {
    const all = await store.read((tx) => readRepositories(tx));
    return {
      items: all.map((status) => viewRepository(status, pluginOf(surroundings, status.name))),
      next: null,
    };
  });

  server.get<{ Params: InRepository }>(
    '/api/v1/repositories/:repo',
    {
      config: { needs: 'viewer' },
      schema: {
        operationId: 'readRepository',
        summary: 'A repository and how it is',
        response: answerOne('Repository'),
      },
    },
    async ({ params }) => readOne(params.repo),
  );

  server.get<{ Params: InRepository; Querystring: PageQuery }>(
    '/api/v1/repositories/:repo/polls',
    {
      config: { needs: 'viewer' },
      schema: {
        operationId: 'listPolls',
        summary: 'The polls of a repository, newest first',
        querystring: pageQuerySchema,
        response: answerList('Poll'),
      },
    },
    async ({ params, query }) => {
      requireRepository(surroundings, params.repo);
      const { items, next } = await store.read((tx) => listPolls(tx, params.repo, query));
      return { items: items.map(viewPoll), next };
    },
  );

  server.post<{ Params: InRepository; Body: { readonly wait?: boolean } | null }>(
    '/api/v1/repositories/:repo/poll',
    {
      config: { needs: 'operator' },
      schema: {
        operationId: 'pollRepository',
        summary:
          'Poll now: 202 at once, or with {"wait": true} 200 and the repository after a poll that began after the request',
        body: {
          type: ['object', 'null'],
          properties: { wait: { type: 'boolean' } },
          additionalProperties: false,
        },
        response: { ...answerOne('Repository'), ...answerOne('Requested', 202) },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      const audit = auditOf(request, 'poll', params.repo);
      if (body?.wait) {
        await pollOnRequest(surroundings, params.repo, audit);
        return readOne(params.repo);
      }
      const requested = await store.transact((tx) =>
        requestAuditedPoll(tx, params.repo, { audit, now: now() }),
      );
      if (!requested) throw unknownRepository(params.repo);
      return reply.status(202).send({ requested: true });
    },
  );

  server.get<{ Params: OfPackage; Querystring: PageQuery }>(
    '/api/v1/repositories/:repo/packages/:pkg/revisions',
    {
      config: { needs: 'viewer' },
      schema: {
        operationId: 'listRevisions',
        summary: 'Every revision ever seen of a package, highest rank first',
        querystring: pageQuerySchema,
        response: answerList('Revision'),
      },
    },
    async ({ params, query }) => {
      const address = { repository: params.repo, package: params.pkg };
      const page = await store.read((tx) =>
        listRevisions(tx, address, { limit: query.limit, after: query.after }),
      );
      if (!page) throw unknownPackage(params);
      return { items: page.items.map(viewRevision), next: page.next };
    },
  );

  server.post<{
    Params: OfPackage & { readonly version: string };
    Body: { readonly digest: string; readonly comment: string };
  }>(
    '/api/v1/repositories/:repo/packages/:pkg/revisions/:version/acknowledge',
    {
      config: { needs: 'operator' },
      schema: {
        operationId: 'acknowledgeRevision',
        summary:
          'The new bytes of a republished revision are right: names the very digest, and says why; 409 if it moved on',
        body: {
          type: 'object',
          properties: {
            digest: { type: 'string', minLength: 1 },
            comment: { type: 'string', minLength: 1, maxLength: 4096 },
          },
          required: ['digest', 'comment'],
          additionalProperties: false,
        },
        response: answerOne('Acknowledged'),
      },
    },
    async (request) => {
      const { params, body, actor } = request;
      const { repo: repository, pkg, version } = params;
      const given = { repository, package: pkg, version, ...body, by: actor.name };
      const audit = auditOf(request, 'acknowledge', `${repository}/${pkg}/${version}`, body);
      const { result, runs } = await store.transact(async (tx) => {
        const acknowledged = await acknowledge(tx, given, inForce());
        if (acknowledged.result === 'done') await appendAudit(tx, audit, now());
        return acknowledged;
      });
      tell(runs);
      if (result === 'unknown')
        throw new ApiError('NOT_FOUND', `There is no revision ${version} of ${repository}/${pkg}`);
      if (result === 'moved on') {
        throw new ApiError(
          'CONFLICT',
          `${version} of ${repository}/${pkg} does not wait for a word on ${body.digest}; look at it again`,
        );
      }
      return { acknowledged: true };
    },
  );
}

function pluginOf({ configuration }: ApiSurroundings, repository: string): string {
  return configuration().config.repositories.get(repository)?.plugin ?? '';
}

function requireRepository({ configuration }: ApiSurroundings, name: string): void {
  if (!configuration().config.repositories.has(name)) throw unknownRepository(name);
}

function unknownRepository(name: string): ApiError {
  return new ApiError(
    'NOT_FOUND',
    `There is no repository ${name}; GET /api/v1/repositories names those that there are`,
  );
}

/** The answer for a package that the configuration does not have. */
export function unknownPackage({ repo, pkg }: OfPackage): ApiError {
  return new ApiError(
    'NOT_FOUND',
    `There is no package ${repo}/${pkg}; GET /api/v1/repositories names those that there are`,
  );
}
