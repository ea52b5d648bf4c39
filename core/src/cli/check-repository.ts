import { PluginError, type PluginErrorCode, type Revision, toPluginError } from '@sluice/plugin-sdk';
import type { PackageConfig, RepositoryConfig } from '../config/config.ts';
import type { Answer, Described, PluginHost, Progress, RefusedRevision } from '../plugins/plugin-host.ts';

/** What a package had to say. */
export type CheckedPackage = { readonly package: string } & (
  | {
      /** Oldest first, in the plugin's order. */
      readonly revisions: readonly Revision[];
      readonly refused: readonly RefusedRevision[];
      /** The version that a followed pointer names. */
      readonly current: string | undefined;
    }
  | { readonly problem: { readonly code: PluginErrorCode; readonly message: string } }
);

/** What to ask for. */
export interface CheckOptions {
  readonly packages: readonly PackageConfig[];
  /** How many of the newest revisions of each package to have described. */
  readonly described: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onWarning: (warning: string) => void;
}

/** How many packages are described at once. */
const concurrency = 16;

/**
 * Asks a repository about its packages as a poll does that is the first, and stores nothing; answers in the
 * order of the packages. Nothing else is asked, so that what is told of a package is what a poll would find.
 */
export async function checkRepository(
  host: PluginHost,
  repository: RepositoryConfig,
  options: CheckOptions,
): Promise<readonly CheckedPackage[]> {
  const answers = new Map<string, PackageAnswer>();
  const failure = await askPackages(host, repository, options, answers).then(() => undefined, toPluginError);
  options.signal.throwIfAborted();
  const silent = failure ?? new PluginError('PLUGIN_FAILED', 'the plugin did not answer');
  const checkOne = async (config: PackageConfig): Promise<CheckedPackage> => {
    const answer = answers.get(config.name);
    try {
      if (!answer) throw silent;
      const describe = (revisions: readonly Revision[]) =>
        orderAndDescribe(host, repository, config, revisions, options);
      return { package: config.name, ...(await readAnswer(answer, describe)) };
    } catch (thrown) {
      const { code, message } = toPluginError(thrown);
      return { package: config.name, problem: { code, message } };
    }
  };
  const checked: CheckedPackage[] = [];
  for (let from = 0; from < options.packages.length; from += concurrency) {
    checked.push(...(await Promise.all(options.packages.slice(from, from + concurrency).map(checkOne))));
  }
  return checked;
}

async function askPackages(
  host: PluginHost,
  repository: RepositoryConfig,
  options: CheckOptions,
  answers: Map<string, PackageAnswer>,
): Promise<void> {
  const { packages, signal, onProgress, onWarning } = options;
  const asked = packages.map(({ name, config }) => ({ key: name, config, cursor: undefined }));
  for await (const answer of host.poll(repository, asked, { signal, onProgress, cursor: undefined })) {
    if (answer.kind !== 'repository') answers.set(answer.key, answer);
    else if (answer.warning !== undefined) onWarning(answer.warning);
  }
}

type PackageAnswer = Exclude<Answer, { readonly kind: 'repository' }>;

async function readAnswer(
  answer: PackageAnswer,
  describe: (revisions: readonly Revision[]) => Promise<readonly Revision[]>,
) {
  switch (answer.kind) {
    case 'problem':
      throw new PluginError(answer.problem.code, answer.problem.message);
    case 'unchanged':
      throw new PluginError(
        'PLUGIN_FAILED',
        'the plugin answered "unchanged" without having been told of anything before',
      );
    case 'difference':
      return { revisions: await describe(answer.added), refused: answer.refused, current: undefined };
    case 'complete':
      return { revisions: await describe(answer.revisions), refused: answer.refused, current: undefined };
    case 'pointer':
      return {
        revisions: await describe(answer.revisions),
        refused: answer.refused,
        current: answer.current,
      };
  }
}

/**
 * The revisions in the plugin's order, the newest of them described; one that is not really there is left
 * out. Throws where the newest that is there cannot be described, since it is what a first look would start;
 * of an older one that is a warning.
 */
async function orderAndDescribe(
  host: PluginHost,
  repository: RepositoryConfig,
  config: PackageConfig,
  revisions: readonly Revision[],
  { described, signal, onWarning }: CheckOptions,
): Promise<readonly Revision[]> {
  const order = await host.merge(repository.plugin, config.config, [], revisions);
  const sorted = order.flatMap((index) => revisions[index] ?? []);
  const newest = sorted.slice(-described);
  const descriptions = await host.describe(repository, config.config, newest, { signal });
  const decisive = descriptions.findLast(({ kind }) => kind !== 'absent');
  if (decisive?.kind === 'problem') throw new PluginError(decisive.problem.code, decisive.problem.message);
  const told = newest.flatMap((revision, index) => {
    const description = descriptions[index];
    if (description?.kind === 'absent')
      onWarning(`${config.name}: ${revision.version} is listed and not really there`);
    return takeDescription(revision, description);
  });
  return [...sorted.slice(0, -described), ...told];
}

function takeDescription(revision: Revision, description: Described | undefined): readonly Revision[] {
  if (description?.kind === 'revision') return [description.revision];
  if (description?.kind !== 'problem') return [];
  const { code, message } = description.problem;
  return [{ ...revision, warning: `could not be described: ${code}: ${message}` }];
}
