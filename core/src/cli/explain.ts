import type { Command } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import type { CliSurroundings } from './surroundings.ts';

interface Options extends ServerOptions {
  readonly limit: string;
  readonly json?: true;
}

interface ListedDecision {
  readonly at: string;
  readonly pipeline: string;
  readonly outcome: string;
  readonly reason: string;
  readonly materials: Readonly<Record<string, string | number>>;
  readonly run: number | null;
}

/** Adds `sluice explain`: why a pipeline did and did not run, about everything or about one version. */
export function addExplainCommand(program: Command, surroundings: CliSurroundings): void {
  addServerOptions(program.command('explain'), surroundings.environment)
    .description('why a pipeline did and did not run; newest first')
    .argument('<pipeline>')
    .argument('[version]', 'only what is about it, also where it is behind a run of another pipeline')
    .option('--limit <number>', 'how many', '20')
    .option('--json', 'print one JSON document')
    .action(async (pipeline: string, version: string | undefined, { limit, json, ...server }: Options) => {
      const query = new URLSearchParams({ limit, ...(version !== undefined && { version }) });
      const path = `/pipelines/${encodeURIComponent(pipeline)}/decisions?${query}`;
      const page = (await createClient(server, surroundings.signal).get(path)) as { readonly items: readonly ListedDecision[] };
      if (json) surroundings.printJson(page);
      else if (page.items.length === 0) surroundings.print(`nothing is recorded of ${[pipeline, version].join(' ').trimEnd()}`);
      else for (const decision of page.items) surroundings.print(describe(decision));
    });
}

function describe({ at, pipeline, outcome, reason, materials, run }: ListedDecision): string {
  const about = Object.entries(materials).map(([name, value]) => `${name} ${value}`);
  const where = run === null ? pipeline : `${pipeline}/${run}`;
  return [`${at} ${outcome} ${where}`, ...(about.length > 0 ? [` (${about.join(', ')})`] : []), `: ${reason}`].join('');
}
