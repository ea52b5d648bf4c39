import type { Command } from 'commander';
import { addServerOptions, type ServerOptions } from './client.ts';
import { operatePipeline } from './pipeline-command.ts';
import type { CliSurroundings } from './surroundings.ts';

/** Adds `sluice pause`: stops a pipeline's starts and automatic approvals. */
export function addPauseCommand(program: Command, surroundings: CliSurroundings): void {
  addServerOptions(program.command('pause'), surroundings.environment)
    .description('stop the starts and automatic approvals of a pipeline')
    .argument('<pipeline>')
    .argument('<reason>', 'why')
    .option('--json', 'print the pipeline as JSON')
    .action((pipeline: string, reason: string, options: ServerOptions & { readonly json?: true }) =>
      operatePipeline(surroundings, { pipeline, action: 'pause', body: { comment: reason } }, options),
    );
}
