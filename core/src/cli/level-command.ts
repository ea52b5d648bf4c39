import type { Command } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import type { CliSurroundings } from './surroundings.ts';
import { describeLevel, type ListedLevel } from './where.ts';

interface Options extends ServerOptions {
  readonly comment?: string;
  readonly until?: string;
  readonly json?: true;
}

/** Adds a command that does something to a level, for one package or for all, and prints how it is then. */
export function addLevelCommand(
  program: Command,
  surroundings: CliSurroundings,
  { action, description }: { readonly action: 'freeze' | 'unfreeze'; readonly description: string },
): Command {
  return addServerOptions(program.command(action), surroundings.environment)
    .description(description)
    .argument('<level>')
    .argument('[package]', 'only of this package, REPOSITORY/PACKAGE')
    .option('--json', 'print the level as JSON')
    .action(async (level: string, name: string | undefined, options: Options) => {
      const { comment, until, json, ...server } = options;
      const body = {
        ...(comment !== undefined && { comment }),
        ...(name !== undefined && { package: name }),
        ...(until !== undefined && { until }),
      };
      const path = `/levels/${encodeURIComponent(level)}/${action}`;
      const answer = await createClient(server, surroundings.signal).post(path, body);
      if (json) surroundings.printJson(answer);
      else for (const line of describeLevel(answer as ListedLevel)) surroundings.print(line);
    });
}
