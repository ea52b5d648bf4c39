import { PluginError } from '@sluice/plugin-sdk';
import type { PluginSettings, RepositoryConfig } from '../config/config.ts';
import type { PluginHostOptions } from './host-options.ts';
import { type Hosted, loadPlugin } from './load-plugin.ts';
import type { Described, LoadedPlugin, PluginFailure, PluginHost } from './plugin-host.ts';
import type { Asked } from './plugin-process.ts';
import { pollRepository } from './poll.ts';
import type { DescribedPart, QuestionKind, Questions, RepositorySettings } from './protocol.ts';
import { readHttpSettings } from './read-http-settings.ts';
import { resolveSettings } from './settings-in-use.ts';
import { toRevision } from './to-revision.ts';

/**
 * Finds the plugins, starts each once to learn what it is, and hosts those that fit; the others are told by
 * `failed`.
 */
export async function createPluginHost(options: PluginHostOptions): Promise<PluginHost> {
  const sources = [...new Set(options.plugins)];
  const plugins = new Map<string, Hosted>();
  const failures: PluginFailure[] = [];
  for (const tried of await Promise.all(sources.map((source) => loadPlugin(source, options)))) {
    if ('message' in tried) failures.push(tried);
    else failures.push(...(await addPlugin(plugins, tried)));
  }
  return makeHost(options, plugins, failures);
}

async function addPlugin(plugins: Map<string, Hosted>, hosted: Hosted): Promise<readonly PluginFailure[]> {
  const { id, source } = hosted.loaded;
  const first = plugins.get(id)?.loaded.source;
  if (first === undefined) {
    plugins.set(id, hosted);
    return [];
  }
  await hosted.plugin.close();
  return [
    {
      source,
      message: `Two plugins are called ${id}: ${first} and ${source}; remove one from the list of plugins.`,
    },
  ];
}

function makeHost(
  options: PluginHostOptions,
  plugins: ReadonlyMap<string, Hosted>,
  failures: readonly PluginFailure[],
): PluginHost {
  const loaded: ReadonlyMap<string, LoadedPlugin> = new Map(
    [...plugins].map(([id, hosted]) => [id, hosted.loaded]),
  );
  const get = (id: string): Hosted => plugins.get(id) ?? refuseUnknown(id, failures);
  const open = (repository: RepositoryConfig) => openRepository(get(repository.plugin), repository, options);
  const resolvePackage = ({ loaded }: Hosted, settings: PluginSettings) =>
    resolveSettings(settings, loaded.secrets.package, options);
  return {
    loaded: () => loaded,
    failed: () => failures,
    async validate(plugin, repository, packages) {
      const items = [...packages].map(([name, settings]) => ({ name, settings }));
      const answers = await askAll(get(plugin), '(validate)', {
        question: { kind: 'validate', repository },
        items,
        options: patient(),
      });
      return new Map(answers.map(({ name, problems }) => [name, problems]));
    },
    compare: (plugin, pairs) =>
      askAll(get(plugin), '(compare)', { question: { kind: 'compare' }, items: pairs, options: patient() }),
    async merge(plugin, config, sorted, fresh) {
      const hosted = get(plugin);
      const all = [...sorted, ...fresh];
      const items = hosted.manifest.orders ? all : all.map(({ version }) => version);
      const question = {
        kind: 'merge',
        config: resolvePackage(hosted, config),
        sorted: sorted.length,
      } as const;
      return askAll(hosted, '(merge)', { question, items, options: patient() });
    },
    async check(repository, asking) {
      const question = { kind: 'check', repository: await open(repository) } as const;
      await askAll(get(repository.plugin), repository.name, { question, items: [], options: asking });
    },
    async *poll(repository, packages, asking) {
      const hosted = get(repository.plugin);
      const due = packages.map((one) => ({ ...one, config: resolvePackage(hosted, one.config) }));
      yield* pollRepository(hosted.plugin, hosted.words, {
        repository: await open(repository),
        packages: due,
        options: asking,
      });
    },
    async describe(repository, config, revisions, asking) {
      const hosted = get(repository.plugin);
      const question = {
        kind: 'describe',
        repository: await open(repository),
        config: resolvePackage(hosted, config),
      } as const;
      const parts = await askAll(hosted, repository.name, { question, items: revisions, options: asking });
      return parts.map((part) => readDescribed(part, hosted));
    },
    async close() {
      await Promise.all([...plugins.values()].map(({ plugin }) => plugin.close()));
    },
  };
}

function refuseUnknown(id: string, failures: readonly PluginFailure[]): never {
  const why = failures.map(({ message }) => ` ${message}`).join('');
  throw new PluginError(
    'PLUGIN_FAILED',
    `There is no plugin ${id}; sluice plugins shows what is loaded.${why}`,
  );
}

async function openRepository(
  { loaded }: Hosted,
  repository: RepositoryConfig,
  options: PluginHostOptions,
): Promise<RepositorySettings> {
  return {
    name: repository.name,
    settings: resolveSettings(repository.config, loaded.secrets.repository, options),
    http: await readHttpSettings(options.http, repository.http, options),
  };
}

/** Every part of an answer; what an earlier process said of it is forgotten when another has to be asked. */
async function askAll<K extends QuestionKind>(
  hosted: Hosted,
  asker: string,
  asked: Asked<K>,
): Promise<readonly Questions[K]['part'][]> {
  let parts: Questions[K]['part'][] = [];
  const answer = hosted.plugin.ask(asker, asked.options.signal, (process) => {
    parts = [];
    return process.ask(asker, asked);
  });
  for await (const part of answer) parts.push(part);
  return parts;
}

/** For questions that nobody takes back: the limits of plugins end them. */
function patient(): Asked<QuestionKind>['options'] {
  return { signal: new AbortController().signal };
}

function readDescribed(part: DescribedPart, { words }: Hosted): Described {
  if (part.kind === 'revision') return { kind: 'revision', revision: toRevision(part.revision) };
  return part.kind === 'problem' ? { kind: 'problem', problem: words.showProblem(part.problem) } : part;
}
