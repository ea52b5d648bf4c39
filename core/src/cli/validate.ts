import type { Command } from 'commander';
import { type AccessConfig, isExpired, type TokenConfig } from '../config/access.ts';
import { describeNotListenedTo } from '../config/not-listened-to.ts';
import { formatProblem } from '../config/problem.ts';
import { describeExposed, findExposed } from '../store/exposed.ts';
import { placeOf } from '../store/nodes.ts';
import { findStoreUrl, toStoreFile } from './store-url.ts';
import type { CliSurroundings } from './surroundings.ts';
import { addConfigOption, type ConfigOptions, withConfig } from './with-config.ts';

/** Adds `sluice validate`: checks the configuration, and reports everything that is wrong with it. */
export function addValidateCommand(program: Command, surroundings: CliSurroundings): void {
  addConfigOption(program.command('validate'))
    .description('check the configuration')
    .action(({ config: file }: ConfigOptions) =>
      withConfig(file, surroundings, async (config) => {
        const { repositories, pipelines, access, warnings } = config;
        for (const { message, ...place } of warnings)
          surroundings.warn(formatProblem({ ...place, message: `warning: ${message}` }));
        for (const { name, expiresAt = 0 } of findExpired(access, Date.now())) {
          const since = new Date(expiresAt).toISOString();
          surroundings.warn(`${file}: the token "${name}" has expired at ${since} and is worth nothing; renew or remove it`);
        }
        for (const sentence of describeNotListenedTo({ repositories, pipelines })) surroundings.warn(`${file}: ${sentence}`);
        const exposed = findExposed(placeOf(config.directory), toStoreFile(findStoreUrl(config, surroundings)));
        const words = describeExposed(exposed);
        if (words !== undefined) surroundings.warn(words);
        surroundings.print(
          `${file} is valid: ${count(repositories.size, 'repository', 'repositories')}, ${count(pipelines.size, 'pipeline', 'pipelines')}`,
        );
      }),
    );
}

function findExpired(access: AccessConfig | undefined, now: number): readonly TokenConfig[] {
  return [...(access?.tokens.values() ?? [])].filter((token) => isExpired(token, now));
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
