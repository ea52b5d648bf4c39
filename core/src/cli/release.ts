import type { Command } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import type { CliSurroundings } from './surroundings.ts';

interface Options extends ServerOptions {
  readonly comment?: string;
  readonly json?: true;
}

/** Adds `sluice release`: lets go of all starts that are held. */
export function addReleaseCommand(program: Command, surroundings: CliSurroundings): void {
  addServerOptions(program.command('release'), surroundings.environment)
    .description('let go of all starts, which are held after a restore')
    .option('--comment <text>', 'why')
    .option('--json', 'print the answer as JSON')
    .action(async ({ comment, json, ...server }: Options) => {
      const body = comment === undefined ? {} : { comment };
      const answer = await createClient(server, surroundings.signal).post('/hold/release', body);
      if (json) surroundings.printJson(answer);
      else surroundings.print('starts are released: what waited begins in its turn');
    });
}
