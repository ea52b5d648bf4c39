import type { FastifyInstance } from 'fastify';
import type { PipelineConfig, PluginSettings, RepositoryConfig } from '../../config/config.ts';
import { mayViewAll, mayViewPipeline } from '../access/visible.ts';
import { hideSecret } from '../hide-secret.ts';
import { toIso } from '../paging.ts';
import { answerOne } from '../schemas.ts';
import { viewSink } from '../sink-view.ts';
import type { ApiSurroundings } from '../surroundings.ts';

/** The configuration that runs, as it was written; what is secret and was written literally is not shown. */
export function registerConfiguration(server: FastifyInstance, { configuration, host }: ApiSurroundings): void {
  server.get(
    '/api/v1/configuration',
    {
      config: { needs: 'viewer' },
      schema: {
        operationId: 'readConfiguration',
        summary: 'The configuration that runs, and what became of the last reload',
        response: answerOne('Configuration'),
      },
    },
    async ({ actor }) => {
      const { config, loadedAt, refused } = configuration();
      const secretsOf = (plugin: string) => host().loaded().get(plugin)?.secrets ?? { repository: [], package: [] };
      return {
        file: config.file,
        files: config.files,
        hash: config.hash,
        loadedAt: toIso(loadedAt),
        refused: refused ? { at: toIso(refused.at), problems: mayViewAll(actor, config) ? refused.problems : [] } : null,
        events: mayViewAll(actor, config) ? config.events.map(viewSink) : [],
        repositories: [...config.repositories.values()].map((repository) =>
          viewRepository(repository, secretsOf(repository.plugin)),
        ),
        pipelines: viewPipelines([...config.pipelines.values()].filter(({ name }) => mayViewPipeline(actor, config, name))),
      };
    },
  );
}

function viewRepository(
  { name, plugin, config, poll, hookSecret, packages }: RepositoryConfig,
  secrets: { readonly repository: readonly string[]; readonly package: readonly string[] },
): Readonly<Record<string, unknown>> {
  return {
    name,
    plugin,
    config: hideSecrets(config, secrets.repository),
    poll,
    hook: hookSecret !== undefined,
    packages: [...packages.values()].map((one) => ({ ...one, config: hideSecrets(one.config, secrets.package) })),
  };
}

function hideSecrets(settings: PluginSettings, secrets: readonly string[]): PluginSettings {
  const hide = ([name, value]: [string, PluginSettings[string]]): [string, PluginSettings[string]] =>
    secrets.includes(name) ? [name, hideSecret(value)] : [name, value];
  return Object.fromEntries(Object.entries(settings).map(hide));
}

function viewPipelines(pipelines: readonly PipelineConfig[]): readonly unknown[] {
  return pipelines.map(({ stages, ...pipeline }) => ({
    ...pipeline,
    stages: stages.map(({ jobs, ...stage }) => ({
      ...stage,
      jobs: jobs.map(({ name, kind, timeoutMs }) => ({ name, kind, timeoutMs })),
    })),
  }));
}
