import type { Command } from 'commander';
import type { CliSurroundings } from './surroundings.ts';
import { addConfigOption, type ConfigOptions, withConfig } from './with-config.ts';

/** Adds `sluice validate`: checks the configuration, and reports everything that is wrong with it. */
export function addValidateCommand(program: Command, surroundings: CliSurroundings): void {
  addConfigOption(program.command('validate'))
    .description('check the configuration')
    .action(({ config: file }: ConfigOptions) =>
      withConfig(file, surroundings, async ({ repositories, pipelines }) => {
        surroundings.print(
          `${file} is valid: ${count(repositories.size, 'repository', 'repositories')}, ${count(pipelines.size, 'pipeline', 'pipelines')}`,
        );
      }),
    );
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
