import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import type { CliSurroundings } from './surroundings.ts';
import { addPluginsFromOption, type ConfigOptions, withPlugins } from './with-config.ts';

type Pair = readonly [string, string];

/** Adds `sluice compare`: which of two versions a plugin takes for the higher one. */
export function addCompareCommand(program: Command, surroundings: CliSurroundings): void {
  addPluginsFromOption(program.command('compare'))
    .description('print "<", "=" or ">": how a plugin orders two versions')
    .argument('<plugin>', 'its id')
    .argument('<a>', 'a version; "-" reads pairs from standard input, tab-separated, a line each')
    .argument('[b]', 'another version')
    .action(
      (
        plugin: string,
        a: string,
        b: string | undefined,
        { config }: Partial<ConfigOptions>,
        command: Command,
      ) => {
        if (b === undefined && a !== '-')
          command.error('error: name two versions, or "-" to read them from standard input', { exitCode: 2 });
        return withPlugins(config, surroundings, async (host) => {
          const batches = b === undefined ? readPairs(surroundings.stdin) : [[[a, b] as const]];
          for await (const pairs of batches) {
            for (const sign of await host.compare(plugin, pairs)) surroundings.print(toSymbol(sign));
          }
        });
      },
    );
}

function toSymbol(sign: number): string {
  if (sign === 0) return '=';
  return sign < 0 ? '<' : '>';
}

const batchSize = 1000;

/**
 * The pairs of the lines that have arrived, at most 1,000 at once: a program that waits for each sign gets
 * it.
 */
async function* readPairs(input: Readable): AsyncGenerator<readonly Pair[]> {
  let number = 0;
  for await (const lines of readLines(input)) {
    const pairs = lines.map((line) => toPair(line, ++number));
    for (let from = 0; from < pairs.length; from += batchSize) yield pairs.slice(from, from + batchSize);
  }
}

const longestLine = 64 * 1024;

/** Whole lines, as they arrive together. */
async function* readLines(input: Readable): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine)
      throw new Error(`a line of standard input has more than ${longestLine} characters`);
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}

function toPair(line: string, number: number): Pair {
  const [a, b, ...more] = line.replace(/\r$/, '').split('\t');
  if (a === undefined || b === undefined || more.length > 0)
    throw new Error(`line ${number} of standard input is not two versions, separated by a tab`);
  return [a, b];
}
