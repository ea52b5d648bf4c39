import { type Command, InvalidArgumentError } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import type { CliSurroundings } from './surroundings.ts';
import { describeLevel, type ListedLevel } from './where.ts';

interface Options extends ServerOptions {
  readonly comment: string;
  readonly json?: true;
}

interface NamedVersion {
  readonly package: string;
  readonly version: string;
}

/** Adds `sluice record`: says what is at a level that Sluice has not put there. */
export function addRecordCommand(program: Command, surroundings: CliSurroundings): void {
  addServerOptions(program.command('record'), surroundings.environment)
    .description('say what is at a level that Sluice has not put there; it starts nothing')
    .argument('<version>', 'REPOSITORY/PACKAGE=VERSION', readVersion)
    .argument('<level>')
    .requiredOption('--comment <text>', 'how you know')
    .option('--json', 'print the level as JSON')
    .action(async (version: NamedVersion, level: string, { comment, json, ...server }: Options) => {
      const path = `/levels/${encodeURIComponent(level)}/record`;
      const answer = await createClient(server, surroundings.signal).post(path, { ...version, comment });
      if (json) surroundings.printJson(answer);
      else for (const line of describeLevel(answer as ListedLevel)) surroundings.print(line);
    });
}

/** `@` is read as `=`. */
function readVersion(text: string): NamedVersion {
  const [, name, version] = /^([^=@]+)[=@](.+)$/.exec(text) ?? [];
  if (name !== undefined && version !== undefined) return { package: name, version };
  throw new InvalidArgumentError('Write REPOSITORY/PACKAGE=VERSION.');
}
