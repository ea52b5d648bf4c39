import { dirname, resolve as resolvePath } from 'node:path';
import { buildAccess } from './build-access.ts';
import { buildSinks } from './build-events.ts';
import { buildPipeline, type Resolve } from './build-pipeline.ts';
import type {
  Config,
  HttpConfig,
  PackageConfig,
  PluginLimits,
  RepositoryConfig,
  RetentionConfig,
  Schedule,
} from './config.ts';
import { defaults } from './defaults.ts';
import { parseDuration } from './duration.ts';
import { isPluginPath } from './plugin-path.ts';
import type { ReadFrom } from './problem.ts';
import type { Incomplete, RawConfig, RawHttp, RawRepository } from './raw-config.ts';
import { parseSize } from './size.ts';

/** Where a configuration was read from. */
export interface Origin extends ReadFrom {
  readonly file: string;
  readonly hash: string;
  readonly places: Config['places'];
  readonly warnings: Config['warnings'];
}

/** The parts of a configuration that plugins are loaded with. */
export type PluginSources = Pick<Config, 'directory' | 'plugins' | 'pluginLimits' | 'http'>;

const noStandings: readonly never[] = Object.freeze([]);

/** The configuration as everything else sees it, from one that has no mistake. */
export function buildConfig(raw: RawConfig, origin: Origin, resolve: Resolve): Config {
  const directory = dirname(origin.file);
  const {
    server,
    store,
    timezone,
    retention,
    minFree,
    access,
    events = [],
    targets,
    repositories = {},
    levels = [],
    pipelines = {},
  } = raw;
  return Object.freeze({
    ...origin,
    ...buildPluginSources(raw, directory, resolve),
    server: {
      host: resolve(server?.host ?? defaults.server.host),
      port: server?.port ?? defaults.server.port,
      url: server?.url === undefined ? undefined : resolve(server.url),
      trustProxy: server?.trustProxy ?? defaults.server.trustProxy,
    },
    store: store ?? defaults.store,
    timezone: resolve(timezone ?? defaults.timezone),
    retention: buildRetention(retention ?? {}, resolve),
    minFree: parseSize(resolve(minFree ?? defaults.minFree)),
    access: access && buildAccess(access, resolve),
    events: buildSinks(events, directory, resolve),
    targets: { allowPrivate: targets?.allowPrivate ?? defaults.targets.allowPrivate },
    repositories: mapEntries(repositories, (name, repository) =>
      buildRepository(name, repository, directory, resolve),
    ),
    levels: levels.map(resolve),
    pipelines: mapEntries(pipelines, (name) => buildPipeline(name, pipelines, { directory, resolve })),
  });
}

/** What plugins are loaded with, of a configuration that may have mistakes elsewhere. */
export function buildPluginSources(
  { plugins, pluginLimits, http }: Incomplete<RawConfig>,
  directory: string,
  resolve: Resolve,
): PluginSources {
  return {
    directory,
    plugins: textsOf(plugins)
      .map(resolve)
      .map((plugin) => (isPluginPath(plugin) ? resolvePath(directory, plugin) : plugin)),
    pluginLimits: buildPluginLimits(pluginLimits ?? {}, resolve),
    http: buildHttp({ ...http, noProxy: textsOf(http?.noProxy) }, directory, resolve),
  };
}

function buildPluginLimits(
  { silence, total, memory }: Incomplete<NonNullable<RawConfig['pluginLimits']>>,
  resolve: Resolve,
): PluginLimits {
  return {
    silenceMs: parseDuration(resolve(silence ?? defaults.pluginLimits.silence)),
    totalMs: parseDuration(resolve(total ?? defaults.pluginLimits.total)),
    memoryBytes: parseSize(resolve(memory ?? defaults.pluginLimits.memory)),
  };
}

function buildHttp(
  { proxy, noProxy = [], ca, concurrencyPerHost }: { [K in keyof RawHttp]: RawHttp[K] | undefined },
  directory: string,
  resolve: Resolve,
): HttpConfig {
  return {
    proxy,
    noProxy: noProxy.map(resolve),
    ca: pathOf(ca, directory, resolve),
    concurrencyPerHost: concurrencyPerHost ?? defaults.http.concurrencyPerHost,
  };
}

function buildRetention(
  { logs, polls, decisions, runs }: NonNullable<RawConfig['retention']>,
  resolve: Resolve,
): RetentionConfig {
  return {
    logsMs: parseDuration(resolve(logs ?? defaults.retention.logs)),
    pollsMs: parseDuration(resolve(polls ?? defaults.retention.polls)),
    decisionsMs: parseDuration(resolve(decisions ?? defaults.retention.decisions)),
    runs: runs ?? defaults.retention.runs,
  };
}

function buildRepository(
  name: string,
  raw: RawRepository,
  directory: string,
  resolve: Resolve,
): RepositoryConfig {
  const { plugin, config = {}, poll = defaults.poll, hook, http, formerly = [], packages = {} } = raw;
  return {
    name,
    plugin: resolve(plugin),
    config,
    poll: buildSchedule(poll, resolve),
    hookSecret: hook?.secret,
    http: {
      clientCert: pathOf(http?.clientCert, directory, resolve),
      clientKey: pathOf(http?.clientKey, directory, resolve),
      trust: (http?.trust ?? []).map(resolve).map((url) => new URL(url).origin),
    },
    formerly: formerly.map(resolve),
    packages: mapEntries(
      packages,
      (packageName, { config: settings, first = defaults.first, accept = noStandings }): PackageConfig => ({
        name: packageName,
        config: settings,
        first,
        accept,
      }),
    ),
  };
}

function buildSchedule({ every, cron }: NonNullable<RawRepository['poll']>, resolve: Resolve): Schedule {
  if (every !== undefined) return { everyMs: parseDuration(resolve(every)) };
  return cron === undefined ? { manual: true } : { cron: resolve(cron) };
}

function pathOf(file: string | undefined, directory: string, resolve: Resolve): string | undefined {
  return file === undefined ? undefined : resolvePath(directory, resolve(file));
}

function textsOf(list: Incomplete<readonly string[]> | undefined): readonly string[] {
  return Object.values(list ?? {}).filter((item) => typeof item === 'string');
}

function mapEntries<R, T>(
  mapping: Readonly<Record<string, R>>,
  build: (name: string, raw: R) => T,
): ReadonlyMap<string, T> {
  return new Map(Object.entries(mapping).map(([name, raw]) => [name, build(name, raw)]));
}
