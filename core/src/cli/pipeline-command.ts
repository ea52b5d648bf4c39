import type { Command } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import { describePipeline, type ListedPipeline } from './status.ts';
import type { CliSurroundings } from './surroundings.ts';

interface Options extends ServerOptions {
  readonly comment?: string;
  readonly json?: true;
}

/** Asks a server to do something to a pipeline, and prints how the pipeline is then. */
export async function operatePipeline(
  surroundings: CliSurroundings,
  {
    pipeline,
    action,
    body,
  }: { readonly pipeline: string; readonly action: string; readonly body: Readonly<Record<string, unknown>> },
  { json, ...server }: ServerOptions & { readonly json?: true },
): Promise<void> {
  const path = `/pipelines/${encodeURIComponent(pipeline)}/${action}`;
  const answer = await createClient(server, surroundings.signal).post(path, body);
  if (json) surroundings.printJson(answer);
  else surroundings.print(describePipeline(answer as ListedPipeline));
}

/** Adds a command that does something to a pipeline and takes a comment. */
export function addPipelineCommand(
  program: Command,
  surroundings: CliSurroundings,
  { action, description }: { readonly action: 'unpause' | 'unlock'; readonly description: string },
): void {
  addServerOptions(program.command(action), surroundings.environment)
    .description(description)
    .argument('<pipeline>')
    .option('--comment <text>', 'why')
    .option('--json', 'print the pipeline as JSON')
    .action(async (pipeline: string, { comment, ...options }: Options) => {
      const body = comment === undefined ? {} : { comment };
      await operatePipeline(surroundings, { pipeline, action, body }, options);
    });
}
