import type { Command } from 'commander';
import { readCursor, readLimit } from './arguments.ts';
import type { CliSurroundings } from './surroundings.ts';

/** Which part of a search, as the options of a command say. */
export interface SearchOptions {
  readonly limit: number;
  readonly after?: number;
  readonly json?: true;
}

/** A page of what was found, or of a list, as the API answers it. */
interface Found<T> {
  readonly items: readonly T[];
  readonly next: number | null;
  /** How far back it was searched, where the search was cut short. */
  readonly searchedTo?: string | null;
}

/** Adds `--limit`, `--after` and `--json` to a command that searches. */
export function addSearchOptions(command: Command): Command {
  return command
    .option('--limit <number>', 'how many', readLimit, 20)
    .option('--after <cursor>', 'go on after what was shown', readCursor)
    .option('--json', 'print one JSON document');
}

/** What a search asks for, as the query of a path; what is undefined is left out. */
export function writeQuery(wanted: Readonly<Record<string, string | number | undefined>>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) if (value !== undefined) query.set(name, String(value));
  return query;
}

/** Prints what was found, and says whether there is more. */
export function printFound<T>(
  answer: unknown,
  describe: (item: T) => string,
  { json }: SearchOptions,
  { print, printJson, warn }: CliSurroundings,
): void {
  const { items, next, searchedTo } = answer as Found<T>;
  if (json) printJson(answer);
  else for (const item of items) print(describe(item));
  if (searchedTo) warn(`searched back to ${searchedTo}, there is more to search: go on with --after ${next}`);
  else if (next !== null) warn(`there is more: go on with --after ${next}`);
  else if (items.length === 0) warn('nothing like that is recorded');
}
