import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { PipelineConfig } from '../../config/config.ts';
import type { JobConfig } from '../../config/jobs.ts';
import { findBegunAttempts, requestLooks } from '../../store/work-elsewhere.ts';
import { ApiError } from '../api-error.ts';
import { HookLimit, takeRawBodies } from '../hook-limit.ts';
import { provesItself } from '../hook-proof.ts';
import { answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';

/**
 * Where the servers that builds run on say that something changed. What they send is not believed: it only
 * means "look now".
 */
export function registerJobHooks(
  server: FastifyInstance,
  { store, configuration, resolve, now }: ApiSurroundings,
): void {
  const limit = new HookLimit(now);
  takeRawBodies(server);

  server.post<{ Params: { readonly name: string }; Body: Buffer | null }>(
    '/api/v1/hooks/jobs/:name',
    {
      config: { needs: 'nothing', foreign: true },
      schema: {
        operationId: 'takeJobHook',
        summary:
          "A build server says that a build changed; it knows the hookSecret of the pipeline's jobs there",
        response: answerOne('Looking', 202),
      },
    },
    async (request, reply) => {
      const { params, headers, body } = request;
      const { name: pipeline } = params;
      const secrets = listHookSecrets(configuration().config.pipelines.get(pipeline));
      if (secrets.length === 0) {
        const how = `There is no hook for jobs of ${pipeline}; give a job there a hookSecret to open one`;
        throw limit.reject(new ApiError('NOT_FOUND', how), request, reply);
      }
      const proven = findProven(secrets, headers, body ?? Buffer.alloc(0), resolve);
      if (proven.size === 0) {
        const why = 'The request does not prove that it knows the hookSecret of a job of this pipeline';
        throw limit.reject(new ApiError('UNAUTHORIZED', why), request, reply);
      }
      limit.admit(pipeline, reply);
      const looking = await store.transact(async (tx) => {
        const begun = await findBegunAttempts(tx, pipeline);
        const meant = begun.filter(({ stage, job }) => proven.has(`${stage}/${job}`));
        await requestLooks(
          tx,
          meant.map(({ id }) => id),
        );
        return meant.length;
      });
      return reply.status(202).send({ looking });
    },
  );
}

interface JobSecret {
  readonly job: string;
  readonly secret: string;
}

function listHookSecrets(pipeline: PipelineConfig | undefined): readonly JobSecret[] {
  const stages = pipeline?.stages ?? [];
  return stages.flatMap(({ name, jobs }) =>
    jobs.flatMap((job) => {
      const secret = hookSecretOf(job);
      return secret === undefined ? [] : [{ job: `${name}/${job.name}`, secret }];
    }),
  );
}

function hookSecretOf(job: JobConfig): string | undefined {
  return job.kind === 'run' || job.kind === 'webhook' ? undefined : job.settings.hookSecret;
}

function findProven(
  secrets: readonly JobSecret[],
  headers: IncomingHttpHeaders,
  body: Buffer,
  resolve: (template: string) => string,
): ReadonlySet<string> {
  return new Set(
    secrets.filter(({ secret }) => provesItself(headers, body, resolve(secret))).map(({ job }) => job),
  );
}
