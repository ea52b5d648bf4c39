import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../config/duration.ts';
import { addServerOptions, createClient, type ServerOptions } from '../client.ts';
import type { CliSurroundings } from '../surroundings.ts';
import { addConfigOption, type ConfigOptions, withConfig } from '../with-config.ts';
import { type Difference, findUnjudged, judge } from './judge.ts';
import { readHistory } from './read-history.ts';
import { replay } from './replay.ts';
import { openScene } from './scene.ts';
import { simplifyConfig } from './simplify-config.ts';

interface Options extends ServerOptions, ConfigOptions {
  /** Milliseconds. */
  readonly since: number;
  readonly json?: true;
}

const defaultSince = '90d';

/**
 * Adds `sluice backtest`: which runs a changed configuration would have started, and which it would not have.
 */
export function addBacktestCommand(program: Command, surroundings: CliSurroundings): void {
  addServerOptions(addConfigOption(program.command('backtest')), surroundings.environment)
    .description(
      'which runs a changed configuration would have started that were not (+), and which not that were (-)',
    )
    .addOption(createSinceOption())
    .option('--json', 'print one JSON document')
    .action(({ config: file, since, json, ...server }: Options) =>
      withConfig(file, surroundings, async (written, host) => {
        const config = simplifyConfig(written);
        const client = createClient(server, surroundings.signal);
        const history = await readHistory(client, config, Date.now() - since);
        const scene = await openScene(config, host, history.since);
        try {
          await replay(history, scene, surroundings.signal);
          const unjudged = findUnjudged(history, config);
          const differences = await judge(history, scene, unjudged);
          const notes = [
            ...history.notes,
            ...[...unjudged].map(describeUnjudged),
            ...[...history.keptSince].map(describeKept),
          ];
          if (json)
            surroundings.printJson({ since: toIso(history.since), runs: differences.map(toDocument), notes });
          else print(differences, notes, surroundings);
        } finally {
          await scene.store.close();
        }
      }),
    );
}

/** The help has the default in words. */
function createSinceOption(): Option {
  const option = new Option('--since <duration>', 'how far back').argParser(readDuration);
  return option.default(parseDuration(defaultSince), defaultSince);
}

function readDuration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function print(
  differences: readonly Difference[],
  notes: readonly string[],
  { print: say, warn }: CliSurroundings,
): void {
  for (const { sign, pipeline, packages } of differences) say(`${sign} ${pipeline} ${packages}`);
  if (differences.length === 0) say('the same runs would have been started');
  for (const note of notes) warn(`note: ${note}`);
}

function toDocument({ at, ...difference }: Difference): Readonly<Record<string, unknown>> {
  return { ...difference, at: toIso(at) };
}

function describeUnjudged(pipeline: string): string {
  return `${pipeline} is not judged: a package behind it follows a pointer, whose moves the ledger does not keep`;
}

function describeKept([pipeline, since]: readonly [string, number]): string {
  return `${pipeline} is judged from ${toIso(since)} on: its older runs are not kept any more`;
}

function toIso(time: number): string {
  return new Date(time).toISOString();
}
