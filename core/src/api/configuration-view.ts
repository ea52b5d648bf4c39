import type { TokenConfig } from '../config/access.ts';
import type { PipelineConfig, PluginSettings, RepositoryConfig } from '../config/config.ts';
import { type Actor, hasRole } from '../engine/actor.ts';
import { mayViewAll, mayViewPipeline } from './access/visible.ts';
import { hideInUrl, hideSecret } from './hide-secret.ts';
import { viewSink } from './sink-view.ts';
import type { ApiSurroundings } from './surroundings.ts';

type Entries = readonly Readonly<Record<string, unknown>>[];

/**
 * The configuration that runs, as it was written; what is secret and was written literally, or is not for
 * `actor`, is not shown.
 */
export function viewConfiguration(
  { configuration, host }: Pick<ApiSurroundings, 'configuration' | 'host'>,
  actor: Actor,
): { readonly events: Entries; readonly repositories: Entries; readonly pipelines: Entries } {
  const { config } = configuration();
  const secretsOf = (plugin: string) =>
    host().loaded().get(plugin)?.secrets ?? { repository: [], package: [] };
  return {
    events: mayViewAll(actor, config) ? config.events.map(viewSink) : [],
    repositories: [...config.repositories.values()].map((one) => viewRepository(one, secretsOf(one.plugin))),
    pipelines: viewPipelines(
      [...config.pipelines.values()].filter(({ name }) => mayViewPipeline(actor, config, name)),
    ),
  };
}

/**
 * What holds for the whole server, by the section that says it. What was filled in when it was loaded may be
 * a secret and is not shown; who may sign in is told to admins.
 */
export function viewSections(
  { configuration }: Pick<ApiSurroundings, 'configuration'>,
  actor: Actor,
): Sections {
  const { server, store, http, retention, minFree, pluginLimits, targets, access } = configuration().config;
  return {
    server: { port: server.port, trustProxy: server.trustProxy },
    store: hideInUrl(store),
    http: { proxy: http.proxy && hideInUrl(http.proxy), concurrencyPerHost: http.concurrencyPerHost },
    retention,
    minFree: { atLeastBytes: minFree },
    pluginLimits,
    targets,
    access: access && hasRole(actor, 'admin') ? [...access.tokens.values()].map(viewToken) : undefined,
  };
}

type Sections = Readonly<Record<string, unknown>>;

function viewToken({ name, person, roles, expiresAt }: TokenConfig): Readonly<Record<string, unknown>> {
  return {
    name,
    person,
    roles,
    expires: expiresAt === undefined ? 'never' : new Date(expiresAt).toISOString(),
  };
}

/** What is wrong with the files as they are now, for those who may know; undefined where nothing is. */
export function viewRefused(
  { configuration }: Pick<ApiSurroundings, 'configuration'>,
  actor: Actor,
): { readonly at: number; readonly problems: readonly string[] } | undefined {
  const { config, refused } = configuration();
  return refused && { at: refused.at, problems: mayViewAll(actor, config) ? refused.problems : [] };
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
    packages: [...packages.values()].map((one) => ({
      ...one,
      config: hideSecrets(one.config, secrets.package),
    })),
  };
}

function hideSecrets(settings: PluginSettings, secrets: readonly string[]): PluginSettings {
  const hide = ([name, value]: [string, PluginSettings[string]]): [string, PluginSettings[string]] =>
    secrets.includes(name) ? [name, hideSecret(value)] : [name, value];
  return Object.fromEntries(Object.entries(settings).map(hide));
}

function viewPipelines(pipelines: readonly PipelineConfig[]): Entries {
  return pipelines.map(({ stages, ...pipeline }) => ({
    ...pipeline,
    stages: stages.map(({ jobs, ...stage }) => ({
      ...stage,
      jobs: jobs.map(({ name, kind, timeoutMs }) => ({ name, kind, timeoutMs })),
    })),
  }));
}
