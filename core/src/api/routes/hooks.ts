import type { FastifyInstance } from 'fastify';
import { appendAudit } from '../../store/audit.ts';
import { requestPoll } from '../../store/due-polls.ts';
import { ApiError } from '../api-error.ts';
import { HookLimit, takeRawBodies } from '../hook-limit.ts';
import { provesItself } from '../hook-proof.ts';
import { answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';

/**
 * Where registries say that something was published. What they send is not believed: it only means "poll
 * now".
 */
export function registerHooks(
  server: FastifyInstance,
  { store, configuration, resolve, now }: ApiSurroundings,
): void {
  const limit = new HookLimit(now);
  takeRawBodies(server);

  server.post<{ Params: { readonly repo: string }; Body: Buffer | null }>(
    '/api/v1/hooks/:repo',
    {
      config: { needs: 'nothing', foreign: true },
      schema: {
        operationId: 'takeHook',
        summary: "A registry says that something was published; it knows the repository's hook secret",
        response: answerOne('Requested', 202),
      },
    },
    async (request, reply) => {
      const { repo } = request.params;
      const secret = configuration().config.repositories.get(repo)?.hookSecret;
      if (secret === undefined) {
        const how = `There is no hook for ${repo}; give the repository a "hook: { secret: ... }" to open one`;
        throw limit.reject(new ApiError('NOT_FOUND', how), request, reply);
      }
      if (!provesItself(request.headers, request.body ?? Buffer.alloc(0), resolve(secret))) {
        const why = "The request does not prove that it knows the repository's hook secret";
        throw limit.reject(new ApiError('UNAUTHORIZED', why), request, reply);
      }
      limit.admit(repo, reply);
      const audit = {
        actor: 'hook',
        person: 'hook',
        action: 'hook',
        subject: repo,
        from: request.ip,
        details: {},
      };
      await store.transact(async (tx) => {
        if (await requestPoll(tx, repo, 'hook')) await appendAudit(tx, audit, now());
      });
      return reply.status(202).send({ requested: true });
    },
  );
}
