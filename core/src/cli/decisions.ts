import { type Command, Option } from 'commander';
import { outcomes } from '../store/decisions.ts';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import { describeDecision } from './decision-line.ts';
import { addSearchOptions, printFound, type SearchOptions, writeQuery } from './search.ts';
import type { CliSurroundings } from './surroundings.ts';

interface DecisionsOptions extends ServerOptions, SearchOptions {
  readonly pipeline?: string;
  readonly outcome?: string;
}

/** Adds `sluice decisions`: what was decided anywhere, by any word of it. */
export function addDecisionsCommand(program: Command, surroundings: CliSurroundings): void {
  const command = addServerOptions(program.command('decisions'), surroundings.environment)
    .description('what was decided, in all pipelines; newest first')
    .argument(
      '[words...]',
      'each a fragment of the name of a pipeline, a package, a version, a person or a decision',
    )
    .option('--pipeline <name>', 'only of this pipeline')
    .addOption(new Option('--outcome <outcome>', 'only what was decided so').choices(outcomes));
  addSearchOptions(command).action(async (words: readonly string[], options: DecisionsOptions) => {
    const { pipeline, outcome, limit, after } = options;
    const query = writeQuery({ q: words.join(' '), pipeline, outcome, limit, after });
    const answer = await createClient(options, surroundings.signal).get(`/decisions?${query}`);
    printFound(answer, describeDecision, options, surroundings);
  });
}
