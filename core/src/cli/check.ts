import type { Revision } from '@sluice/plugin-sdk';
import type { Command } from 'commander';
import { toRevisionDocument } from '../api/revision-document.ts';
import type { Config, PackageConfig, RepositoryConfig } from '../config/config.ts';
import { strongestDigest } from '../store/digests.ts';
import { type CheckedPackage, checkRepository } from './check-repository.ts';
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
        const { repository, packages, isOne } = findTarget(config, target);
        const checked = await checkRepository(host, repository, {
          packages,
          described: isOne ? shownRevisions : 1,
          signal: surroundings.signal,
          onProgress: ({ done, total, unit }) =>
            surroundings.showProgress(`${repository.name}: ${done}${total === undefined ? '' : `/${total}`} ${unit}`),
          onWarning: (warning) => surroundings.warn(`${repository.name}: ${warning}`),
        });
        if (json) surroundings.printJson({ repository: repository.name, packages: checked.map(toDocument) });
        else for (const one of checked) printPackage(repository.name, one, isOne ? shownRevisions : 1, surroundings);
        if (checked.some((one) => 'problem' in one)) throw new AlreadyTold();
      }),
    );
}

function findTarget(
  config: Config,
  target: string,
): { repository: RepositoryConfig; packages: readonly PackageConfig[]; isOne: boolean } {
  const [repositoryName = '', packageName] = target.split('/');
  const repository = config.repositories.get(repositoryName);
  if (!repository) throw new Error(`there is no repository "${repositoryName}"; there are ${listNames(config.repositories)}`);
  if (packageName === undefined) return { repository, packages: [...repository.packages.values()], isOne: false };
  const found = repository.packages.get(packageName);
  if (!found)
    throw new Error(`repository "${repositoryName}" has no package "${packageName}"; it has ${listNames(repository.packages)}`);
  return { repository, packages: [found], isOne: true };
}

function listNames(known: ReadonlyMap<string, unknown>): string {
  const names = [...known.keys()];
  return names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ') || 'none';
}

function toDocument(checked: CheckedPackage): Readonly<Record<string, unknown>> {
  if ('problem' in checked)
    return { package: checked.package, outcome: 'problem', current: null, revisions: [], refused: [], problem: checked.problem };
  const { revisions, refused, current = null } = checked;
  return {
    package: checked.package,
    outcome: 'revisions',
    current,
    revisions: revisions.map(toRevisionDocument),
    refused,
    problem: null,
  };
}

function printPackage(repository: string, checked: CheckedPackage, shown: number, { print, warn }: CliSurroundings): void {
  const name = `${repository}/${checked.package}`;
  if ('problem' in checked) {
    warn(`${name}: ${checked.problem.code}: ${checked.problem.message}`);
    return;
  }
  const { revisions, refused, current } = checked;
  for (const { version, reason } of refused) warn(`${name}: version ${version} is refused: ${reason}`);
  print(
    `${name}: ${revisions.length} ${revisions.length === 1 ? 'revision' : 'revisions'}${current === undefined ? '' : `, the pointer names ${current}`}`,
  );
  if (revisions.length > shown && shown > 1) print(`  ... ${revisions.length - shown} older`);
  for (const revision of revisions.slice(-shown)) print(`  ${describe(revision)}`);
}

function describe({ version, publishedAt, digests = {}, standing = 'ok', warning }: Revision): string {
  const published = publishedAt === undefined ? '' : new Date(publishedAt).toISOString();
  const parts = [version, published, strongestDigest(digests), standing === 'ok' ? '' : standing, warning ?? ''];
  return parts.filter((part) => part !== '').join('  ');
}
