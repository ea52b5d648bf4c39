import type { Command } from 'commander';
import { toJsonSchema } from '../config/json-schema.ts';
import type { CliSurroundings } from './surroundings.ts';
import { addPluginsFromOption, type ConfigOptions, withPlugins } from './with-config.ts';

/** Adds `sluice schema`: the JSON Schema of sluice.yaml, for editors. */
export function addSchemaCommand(program: Command, surroundings: CliSurroundings): void {
  addPluginsFromOption(program.command('schema'))
    .description('print the JSON Schema of sluice.yaml, plugin fields included')
    .action(({ config }: Partial<ConfigOptions>) =>
      withPlugins(config, surroundings, async (host) => surroundings.printJson(toJsonSchema(host.loaded()))),
    );
}
