import type { Command } from 'commander';
import type { CliSurroundings } from './surroundings.ts';
import { addConfigOption, type ConfigOptions, withConfig } from './with-config.ts';

/** Adds `sluice plugins`: what is loaded, and from where. */
export function addPluginsCommand(program: Command, surroundings: CliSurroundings): void {
  addConfigOption(program.command('plugins'))
    .description('show the plugins that are loaded: id, version, contract version, where from')
    .action(({ config }: ConfigOptions) =>
      withConfig(config, surroundings, async (_, host) => {
        const rows = [...host.loaded().values()].map(({ id, version, contract, source }) => [
          id,
          version,
          `contract ${contract}`,
          source,
        ]);
        for (const line of alignColumns(rows)) surroundings.print(line);
      }),
    );
}

function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widthOf(column)))
      .join('  ')
      .trimEnd(),
  );
}
