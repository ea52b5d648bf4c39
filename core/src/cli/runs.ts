import type { Command } from 'commander';
import { readLimit } from './arguments.ts';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import type { CliSurroundings } from './surroundings.ts';

/** A run as the API answers it, as far as the command line shows it. */
export interface AnsweredRun {
  readonly pipeline: string;
  readonly counter: number;
  readonly label: string;
  readonly cause: string;
  readonly status: string;
  readonly createdAt: string;
  readonly materials: readonly (
    | { readonly package: string; readonly version: string }
    | { readonly pipeline: string; readonly counter: number }
  )[];
  readonly stages: readonly { readonly name: string; readonly status: string }[];
}

/** Adds `sluice runs`: the newest runs of a pipeline. */
export function addRunsCommand(program: Command, surroundings: CliSurroundings): void {
  addServerOptions(program.command('runs'), surroundings.environment)
    .description('the newest runs of a pipeline')
    .argument('<pipeline>')
    .option('--limit <number>', 'how many', readLimit, 20)
    .option('--json', 'print one JSON document')
    .action(
      async (
        pipeline: string,
        { json, limit, ...server }: ServerOptions & { readonly limit: number; readonly json?: true },
      ) => {
        const path = `/pipelines/${encodeURIComponent(pipeline)}/runs?limit=${limit}`;
        const page = (await createClient(server, surroundings.signal).get(path)) as {
          items: readonly AnsweredRun[];
        };
        if (json) surroundings.printJson(page);
        else for (const run of page.items) surroundings.print(describeRun(run));
      },
    );
}

/** A run in one line. */
export function describeRun({
  pipeline,
  counter,
  label,
  status,
  createdAt,
  materials,
  stages,
  cause,
}: AnsweredRun): string {
  const pinned = materials.map(describeMaterial).join(', ');
  const passage = stages.map((stage) => `${stage.name} ${stage.status}`).join(' > ');
  return `${pipeline}/${counter} (${label}) ${status}, ${createdAt}: ${pinned}; ${passage}; ${cause}`;
}

function describeMaterial(material: AnsweredRun['materials'][number]): string {
  return 'pipeline' in material
    ? `${material.pipeline} ${material.counter}`
    : `${material.package} ${material.version}`;
}
