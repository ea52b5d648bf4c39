import type { Command } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import { describeStay, type ListedStay } from './stay-line.ts';
import type { CliSurroundings } from './surroundings.ts';

interface Options extends ServerOptions {
  readonly level?: string;
  readonly json?: true;
}

/** A level as the API answers it. */
export interface ListedLevel {
  readonly name: string;
  readonly frozen: ListedFreeze | null;
  readonly places: readonly ListedPlace[];
}

interface ListedPlace {
  readonly package: string;
  readonly state: string;
  readonly live: ListedStay | null;
  readonly entering: ListedStay | null;
  readonly frozen: ListedFreeze | null;
}

interface ListedFreeze {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly until: string | null;
}

/** Adds `sluice where`: what is at each level. */
export function addWhereCommand(program: Command, surroundings: CliSurroundings): void {
  addServerOptions(program.command('where'), surroundings.environment)
    .description('what is at each level, since when, by whom, and instead of what')
    .argument('[package]', 'only of this package, REPOSITORY/PACKAGE')
    .option('--level <level>', 'only at this level')
    .option('--json', 'print one JSON document')
    .action(async (name: string | undefined, { level, json, ...server }: Options) => {
      const client = createClient(server, surroundings.signal);
      const levels =
        level === undefined
          ? ((await client.get('/levels')) as { readonly items: readonly ListedLevel[] }).items
          : [(await client.get(`/levels/${encodeURIComponent(level)}`)) as ListedLevel];
      const items = levels.map((one) => ({
        ...one,
        places: one.places.filter((place) => name === undefined || place.package === name),
      }));
      if (json) surroundings.printJson({ items, next: null });
      else for (const line of items.flatMap(describeLevel)) surroundings.print(line);
    });
}

/** A level, what freezes it, and what is there, a line each. */
export function describeLevel({ name, frozen, places }: ListedLevel): readonly string[] {
  return [
    ...(frozen ? [`${name} ${describeFreeze(frozen)}`] : []),
    ...places.flatMap((place) => [
      `${name} ${place.package} ${describePlace(place)}`,
      ...(place.frozen ? [`${name} ${place.package} ${describeFreeze(place.frozen)}`] : []),
    ]),
  ];
}

function describeFreeze({ by, at, reason, until }: ListedFreeze): string {
  return `frozen since ${at}${until === null ? '' : ` until ${until}`} by ${by}: ${reason}`;
}

function describePlace({ state, live, entering }: ListedPlace): string {
  const now = entering ?? live;
  if (!now) return state;
  const before =
    entering && live ? (state === 'uncertain' ? ` or ${live.version}` : ` over ${live.version}`) : '';
  return `${state} ${now.version}${before} ${describeStay(now)}`;
}
