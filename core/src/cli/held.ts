import { Argument, type Command } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import { operatePipeline } from './pipeline-command.ts';
import type { CliSurroundings } from './surroundings.ts';

interface Options extends ServerOptions {
  readonly json?: true;
}

interface ListedHeld {
  readonly materials: Readonly<Record<string, string | number>>;
  readonly trigger: string;
}

/** Adds `sluice held`: what the storm guard holds in a pipeline, and letting go of it. */
export function addHeldCommand(program: Command, surroundings: CliSurroundings): void {
  addServerOptions(program.command('held'), surroundings.environment)
    .description(
      'what the storm guard holds in a pipeline; start all of it, only the newest of each material, or none',
    )
    .argument('<pipeline>')
    .addArgument(
      new Argument('[take]', 'without it, what would start is listed').choices(['all', 'newest', 'none']),
    )
    .option('--json', 'print one JSON document')
    .action((pipeline: string, take: string | undefined, options: Options) =>
      take === undefined
        ? listHeld(surroundings, pipeline, options)
        : operatePipeline(surroundings, { pipeline, action: 'held', body: { take } }, options),
    );
}

async function listHeld(
  surroundings: CliSurroundings,
  pipeline: string,
  { json, ...server }: Options,
): Promise<void> {
  const path = `/pipelines/${encodeURIComponent(pipeline)}/held`;
  const page = (await createClient(server, surroundings.signal).get(path)) as {
    readonly items: readonly ListedHeld[];
  };
  if (json) surroundings.printJson(page);
  else for (const held of page.items) surroundings.print(describe(held));
}

function describe({ materials, trigger }: ListedHeld): string {
  const named = Object.entries(materials).map(([name, value]) => `${name} ${value}`);
  return `${named.join(', ')} (trigger: ${trigger})`;
}
