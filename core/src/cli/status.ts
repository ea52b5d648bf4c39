import type { Command } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import type { CliSurroundings } from './surroundings.ts';

interface ListedRepository {
  readonly name: string;
  readonly status: string;
  readonly problem: { readonly code: string; readonly message: string; readonly since: string } | null;
  readonly lastPoll: string | null;
  readonly listenedTo: boolean;
  readonly packages: readonly {
    readonly name: string;
    readonly problem: { readonly code: string; readonly message: string } | null;
  }[];
}

/** A pipeline as the API answers it, as far as the command line shows it. */
export interface ListedPipeline {
  readonly name: string;
  readonly waiting: number;
  readonly paused: { readonly reason: string | null } | null;
  readonly lastRun: { readonly counter: number; readonly label: string; readonly status: string } | null;
}

interface ShownConfiguration {
  readonly refused: { readonly at: string; readonly problems: readonly string[] } | null;
}

interface ShownHold {
  readonly held: { readonly since: string; readonly reason: string } | null;
}

/**
 * Adds `sluice status`: how a server's configuration, repositories and pipelines are; exit 1 where one of the
 * first two is wrong.
 */
export function addStatusCommand(program: Command, surroundings: CliSurroundings): void {
  addServerOptions(program.command('status'), surroundings.environment)
    .description('how the configuration, repositories and pipelines of a server are')
    .option('--json', 'print one JSON document')
    .action(async ({ json, ...server }: ServerOptions & { readonly json?: true }) => {
      const client = createClient(server, surroundings.signal);
      const { items: repositories } = (await client.get('/repositories')) as {
        items: readonly ListedRepository[];
      };
      const { items: pipelines } = (await client.get('/pipelines')) as { items: readonly ListedPipeline[] };
      const { refused } = (await client.get('/configuration')) as ShownConfiguration;
      const { held } = (await client.get('/hold')) as ShownHold;
      const lines = [
        ...describeHeld(held),
        ...describeRefusal(refused),
        ...repositories.flatMap(describeRepository),
        ...pipelines.map(describePipeline),
      ];
      if (json) surroundings.printJson({ held, refused, repositories, pipelines });
      else for (const line of lines) surroundings.print(line);
      const failing = repositories.filter(({ status }) => status === 'failing').map(({ name }) => name);
      const wrong = [...(refused ? ['the configuration'] : []), ...failing];
      if (wrong.length > 0) throw new Error(`failing: ${wrong.join(', ')}`);
    });
}

function describeHeld(held: ShownHold['held']): readonly string[] {
  return held
    ? [`all starts are held since ${held.since}: ${held.reason}; "sluice release" lets them go`]
    : [];
}

function describeRefusal(refused: ShownConfiguration['refused']): readonly string[] {
  if (!refused) return [];
  const head = `the configuration is invalid since ${refused.at}, the one before runs on:`;
  return [head, ...refused.problems.map((problem) => `  ${problem}`)];
}

function describeRepository({
  name,
  status,
  problem,
  lastPoll,
  listenedTo,
  packages,
}: ListedRepository): readonly string[] {
  const why = problem ? ` since ${problem.since}: ${problem.code}: ${problem.message}` : '';
  const when = lastPoll === null ? '' : `, last poll ${lastPoll}`;
  const unheard = listenedTo ? '' : ', no pipeline listens to it, so it is polled on request only';
  const troubled = packages.flatMap((one) =>
    one.problem ? [`  ${one.name}: ${one.problem.code}: ${one.problem.message}`] : [],
  );
  return [`${name}: ${status}${why}${when}${unheard}`, ...troubled];
}

/** A pipeline in one line. */
export function describePipeline({ name, waiting, paused, lastRun }: ListedPipeline): string {
  const run = lastRun ? `run ${lastRun.counter} (${lastRun.label}) ${lastRun.status}` : 'no run yet';
  const waits = waiting > 0 ? `, ${waiting} waiting` : '';
  return `${name}: ${run}${waits}${paused ? `, paused: ${paused.reason ?? 'no reason given'}` : ''}`;
}
