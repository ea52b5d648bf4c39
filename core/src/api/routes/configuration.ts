import type { FastifyInstance } from 'fastify';
import type { Config, PluginSettings, RepositoryConfig } from '../../config/config.ts';
import { toIso } from '../paging.ts';
import { answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';

/** The configuration that runs, as it was written; what is secret and was written literally is not shown. */
export function registerConfiguration(server: FastifyInstance, { configuration, host }: ApiSurroundings): void {
  server.get(
    '/api/v1/configuration',
    {
      schema: {
        operationId: 'readConfiguration',
        summary: 'The configuration that runs, and what became of the last reload',
        response: answerOne('Configuration'),
      },
    },
    async () => {
      const { config, loadedAt, refused } = configuration();
      const secretsOf = (plugin: string) => host().loaded().get(plugin)?.secrets ?? { repository: [], package: [] };
      return {
        file: config.file,
        files: config.files,
        hash: config.hash,
        loadedAt: toIso(loadedAt),
        refused: refused ? { at: toIso(refused.at), problems: refused.problems } : null,
        repositories: [...config.repositories.values()].map((repository) =>
          viewRepository(repository, secretsOf(repository.plugin)),
        ),
        pipelines: viewPipelines(config),
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
    secrets.includes(name) && !isReference(value) ? [name, '[secret]'] : [name, value];
  return Object.fromEntries(Object.entries(settings).map(hide));
}

/** Whether all of a text is one reference, which says where the secret is and not what it is. */
function isReference(value: PluginSettings[string]): boolean {
  return typeof value === 'string' && /^\$\{[^}]*\}$/.test(value);
}

function viewPipelines(config: Config): readonly unknown[] {
  return [...config.pipelines.values()].map(({ stages, ...pipeline }) => ({
    ...pipeline,
    stages: stages.map(({ jobs, ...stage }) => ({
      ...stage,
      jobs: jobs.map(({ name, kind, timeoutMs }) => ({ name, kind, timeoutMs })),
    })),
  }));
}
