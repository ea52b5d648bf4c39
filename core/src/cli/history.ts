import type { Command } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import { addSearchOptions, printFound, type SearchOptions, writeQuery } from './search.ts';
import { describeStay, type ListedStay } from './stay-line.ts';
import type { CliSurroundings } from './surroundings.ts';

/** Adds `sluice history`: what was at a level. */
export function addHistoryCommand(program: Command, surroundings: CliSurroundings): void {
  const command = addServerOptions(program.command('history'), surroundings.environment)
    .description('what was at a level, and what let it in; newest first')
    .argument('<level>')
    .argument('[package]', 'only of this package, REPOSITORY/PACKAGE');
  addSearchOptions(command).action(
    async (level: string, name: string | undefined, options: ServerOptions & SearchOptions) => {
      const { limit, after } = options;
      const query = writeQuery({ package: name, limit, after });
      const path = `/levels/${encodeURIComponent(level)}/history?${query}`;
      const answer = await createClient(options, surroundings.signal).get(path);
      printFound(answer, describe, options, surroundings);
    },
  );
}

function describe(stay: ListedStay): string {
  return `${stay.package} ${stay.version} ${stay.state} ${describeStay(stay)}`;
}
