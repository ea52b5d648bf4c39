import type { Command } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import { describeDecision, type ListedDecision } from './decision-line.ts';
import { addSearchOptions, printFound, type SearchOptions, writeQuery } from './search.ts';
import type { CliSurroundings } from './surroundings.ts';

/** Adds `sluice explain`: why a pipeline did and did not run, about everything or about one version. */
export function addExplainCommand(program: Command, surroundings: CliSurroundings): void {
  const command = addServerOptions(program.command('explain'), surroundings.environment)
    .description('why a pipeline did and did not run; newest first')
    .argument('<pipeline>')
    .argument('[version]', 'only what is about it, also where it is behind a run of another pipeline');
  addSearchOptions(command).action(
    async (pipeline: string, version: string | undefined, options: ServerOptions & SearchOptions) => {
      const { limit, after } = options;
      const path = `/pipelines/${encodeURIComponent(pipeline)}/decisions?${writeQuery({ version, limit, after })}`;
      const answer = (await createClient(options, surroundings.signal).get(path)) as {
        readonly items: readonly ListedDecision[];
      };
      if (version !== undefined && after === undefined && answer.items.length === 0) {
        throw new Error(
          `nothing was decided in ${pipeline} about the version ${version}; "sluice decisions ${version}" searches all pipelines for it`,
        );
      }
      printFound(answer, describeDecision, options, surroundings);
    },
  );
}
