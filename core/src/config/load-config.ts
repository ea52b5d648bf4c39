import { dirname, resolve } from 'node:path';
import { buildConfig, buildPluginSources, type PluginSources } from './build.ts';
import type { Config } from './config.ts';
import { Interpolator } from './interpolator.ts';
import type { Masker } from './masker.ts';
import type { PluginRules } from './plugin-rules.ts';
import { ConfigError, compareProblems, type Finding } from './problem.ts';
import type { Incomplete, RawConfig } from './raw-config.ts';
import { interpolateAll } from './reading/interpolate.ts';
import { keepPublic } from './reading/keep-public.ts';
import { locateFindings } from './reading/locate.ts';
import { SourceReader } from './reading/source-reader.ts';
import { readSources, type Sources } from './reading/sources.ts';
import { checkAccess } from './rules/access.ts';
import { checkApprovals } from './rules/approvals.ts';
import { checkDependencies } from './rules/dependencies.ts';
import { checkEnvironment } from './rules/environment.ts';
import { checkEvents } from './rules/events.ts';
import { checkFiles } from './rules/files.ts';
import { checkJobs } from './rules/jobs.ts';
import { checkLevels } from './rules/levels.ts';
import { checkNames } from './rules/names.ts';
import { checkReferences } from './rules/references.ts';
import type { Rule } from './rules/rule.ts';
import { checkSchedules } from './rules/schedules.ts';
import { checkServer } from './rules/server.ts';
import { checkSettings } from './rules/settings.ts';
import { checkStructure, isComplete } from './structure.ts';
import { valueAt } from './value-at.ts';
import { warnOfLevels } from './warn-of-levels.ts';

/** What loading a configuration needs of its surroundings. */
export interface LoadOptions {
  /** What `${env:NAME}` reads. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Learns every value that is filled in. */
  readonly masker: Masker;
  /**
   * Loads the plugins that the configuration names, so that their settings can be checked; what it throws is
   * a problem of `plugins:`.
   */
  readonly openPlugins: (sources: PluginSources) => Promise<PluginRules>;
  /** Whether a text is a cron expression that the scheduler takes, in this timezone. */
  readonly isCron: (expression: string, timezone: string) => boolean;
  readonly signal: AbortSignal;
}

const rules: readonly Rule[] = [
  checkServer,
  checkAccess,
  checkSchedules,
  checkNames,
  checkReferences,
  checkDependencies,
  checkLevels,
  checkApprovals,
  checkEnvironment,
  checkEvents,
  checkFiles,
  checkJobs,
];

/** More problems than this help nobody. */
const maxProblems = 1000;

/**
 * Reads sluice.yaml (a path as people name it) and what it includes, and checks all of it.
 *
 * Throws {@link ConfigError} with everything that is wrong, at most 1,000 problems.
 */
export async function loadConfig(file: string, options: LoadOptions): Promise<Config> {
  await using reader = new SourceReader(options.signal);
  const { environment, masker } = options;
  const interpolator = new Interpolator({ directory: dirname(resolve(file)), environment, masker });
  const sources = await readSources(reader, file, {
    interpolate: (text) => interpolator.resolve(text),
    signal: options.signal,
  });
  const { findings, complete } = await check(sources, interpolator, options);
  // What was ended says nothing of the configuration.
  options.signal.throwIfAborted();
  const problems = [
    ...sources.problems,
    ...(await locateFindings(reader, sources, findings.slice(0, maxProblems))),
  ];
  const { files, include, hash, places } = sources;
  if (complete === undefined || problems.length > 0) {
    throw new ConfigError(problems.sort(compareProblems).slice(0, maxProblems), { files, include });
  }
  const read = { file: resolve(file), files, include, hash, places, warnings: [] };
  const config = buildConfig(complete, read, (text) => interpolator.resolve(text));
  const doubts = [...sources.warnings, ...warnOfLevels(config)];
  return Object.freeze({ ...config, warnings: await locateFindings(reader, sources, doubts) });
}

interface Checked {
  readonly findings: readonly Finding[];
  /** As it is kept; undefined where there are findings. */
  readonly complete: RawConfig | undefined;
}

async function check(sources: Sources, interpolator: Interpolator, options: LoadOptions): Promise<Checked> {
  const directory = dirname(sources.files[0] ?? '');
  const { resolved, findings: unresolved, places } = interpolateAll(sources.merged, interpolator);
  const written = sources.merged;
  const versions = { written, kept: written === resolved ? written : structuredClone(written), resolved };
  const structure = checkStructure(versions);
  for (const secret of keepPublic(versions, places, structure.typed)) options.masker.add(secret);
  const opened = await openPlugins(listPluginSources(structure.rest, versions.kept, directory), options);
  const subject = {
    config: structure.rest,
    directory,
    plugins: opened.rules?.loaded(),
    isCron: options.isCron,
  };
  const objections = [
    ...structure.findings,
    ...opened.findings,
    ...rules.flatMap((rule) => [...rule(subject)]),
    ...(opened.rules ? await checkSettings(versions, opened.rules) : []),
  ];
  const findings = [...sources.findings, ...unresolved, ...withoutUnresolved(objections, unresolved)];
  return { findings, complete: isComplete(versions.kept, findings) ? versions.kept : undefined };
}

/** As plugins get them later, too: the proxy stays a template, everything else is filled in. */
function listPluginSources(rest: Incomplete<RawConfig>, written: unknown, directory: string): PluginSources {
  const sources = buildPluginSources(rest, directory, (text) => text);
  const proxy = valueAt(written, ['http', 'proxy']);
  return typeof proxy === 'string' && rest.http?.proxy !== undefined
    ? { ...sources, http: { ...sources.http, proxy } }
    : sources;
}

interface Opened {
  readonly rules?: PluginRules;
  readonly findings: readonly Finding[];
}

async function openPlugins(wanted: PluginSources, options: LoadOptions): Promise<Opened> {
  try {
    const opened = await options.openPlugins(wanted);
    return {
      rules: opened,
      findings: opened.failed().map((failure) => blamePlugin(wanted.plugins, failure)),
    };
  } catch (thrown) {
    options.signal.throwIfAborted();
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { findings: [{ path: ['plugins'], at: 'key', message: `plugins: ${message}` }] };
  }
}

function blamePlugin(
  sources: readonly string[],
  { source, message }: { readonly source: string; readonly message: string },
): Finding {
  const index = sources.indexOf(source);
  return { path: index < 0 ? ['plugins'] : ['plugins', String(index)], at: 'value', message };
}

/** A value that could not be filled in fits nothing; saying so once is enough. */
function withoutUnresolved(findings: readonly Finding[], unresolved: readonly Finding[]): readonly Finding[] {
  const places = new Set(unresolved.map(({ path }) => path.join('/')));
  return findings.filter(({ at, path }) => at === 'key' || !places.has(path.join('/')));
}
