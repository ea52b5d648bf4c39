import type { Command } from 'commander';
import type { Config, PackageConfig, RepositoryConfig } from '../config/config.ts';
import type { PluginHost, Progress } from '../plugins/plugin-host.ts';
import { checkReach } from './check-reach.ts';
import { printPackage, printReach, toDocument } from './check-report.ts';
import { checkRepository } from './check-repository.ts';
import { AlreadyTold } from './outcome.ts';
import type { CliSurroundings } from './surroundings.ts';
import { addConfigOption, type ConfigOptions, withConfig } from './with-config.ts';

interface CheckCommandOptions extends ConfigOptions {
  readonly json?: true;
}

/** How many revisions of a package that was named are described and shown. */
const shownRevisions = 50;

/** Adds `sluice check`: asks a repository now, stores nothing and starts nothing. */
export function addCheckCommand(program: Command, surroundings: CliSurroundings): void {
  addConfigOption(program.command('check'))
    .description('ask a repository now: stores nothing, starts nothing')
    .argument('<repository[/package]>', 'as they are named in the configuration')
    .option('--json', 'print one JSON document')
    .action((target: string, { config: file, json }: CheckCommandOptions) =>
      withConfig(file, surroundings, async (config, host) => {
        const found = findTarget(config, target);
        const { repository, packages } = found;
        const onProgress = ({ done, total, unit }: Progress) =>
          surroundings.showProgress(
            `${repository.name}: ${done}${total === undefined ? '' : `/${total}`} ${unit}`,
          );
        const asking = { surroundings, onProgress, json: json === true };
        const good =
          packages.length > 0
            ? await tellPackages(host, found, asking)
            : await tellReach(host, repository, asking);
        if (!good) throw new AlreadyTold();
      }),
    );
}

interface Target {
  readonly repository: RepositoryConfig;
  readonly packages: readonly PackageConfig[];
  /** Whether one package was named. */
  readonly isOne: boolean;
}

interface Telling {
  readonly surroundings: CliSurroundings;
  readonly onProgress: (progress: Progress) => void;
  readonly json: boolean;
}

async function tellPackages(
  host: PluginHost,
  { repository, packages, isOne }: Target,
  telling: Telling,
): Promise<boolean> {
  const { surroundings, onProgress, json } = telling;
  const shown = isOne ? shownRevisions : 1;
  const checked = await checkRepository(host, repository, {
    packages,
    described: shown,
    signal: surroundings.signal,
    onProgress,
    onWarning: (warning) => surroundings.warn(`${repository.name}: ${warning}`),
  });
  if (json) surroundings.printJson({ repository: repository.name, packages: checked.map(toDocument) });
  else for (const one of checked) printPackage(repository.name, one, shown, surroundings);
  return !checked.some((one) => 'problem' in one);
}

async function tellReach(host: PluginHost, repository: RepositoryConfig, telling: Telling): Promise<boolean> {
  const { surroundings, onProgress, json } = telling;
  const checked = await checkReach(host, repository, { signal: surroundings.signal, onProgress });
  if (json) surroundings.printJson({ repository: repository.name, packages: [], ...checked });
  else printReach(repository.name, checked, surroundings);
  return checked.problem === null;
}

function findTarget(config: Config, target: string): Target {
  const [repositoryName = '', packageName] = target.split('/');
  const repository = config.repositories.get(repositoryName);
  if (!repository)
    throw new Error(
      `there is no repository "${repositoryName}"; there are ${listNames(config.repositories)}`,
    );
  if (packageName === undefined)
    return { repository, packages: [...repository.packages.values()], isOne: false };
  const found = repository.packages.get(packageName);
  if (!found)
    throw new Error(
      `repository "${repositoryName}" has no package "${packageName}"; it has ${listNames(repository.packages)}`,
    );
  return { repository, packages: [found], isOne: true };
}

function listNames(known: ReadonlyMap<string, unknown>): string {
  const names = [...known.keys()];
  return names.length > 20
    ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more`
    : names.join(', ') || 'none';
}
