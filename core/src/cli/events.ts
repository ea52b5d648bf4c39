import type { Command } from 'commander';
import { eventTypes } from '../config/event-types.ts';
import { describeEvent } from '../events/describe-event.ts';
import { readCursor, readLimit } from './arguments.ts';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import { writeQuery } from './search.ts';
import type { CliSurroundings } from './surroundings.ts';

interface ToldEvent {
  readonly id: number;
  readonly at: string;
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface ListedSink {
  readonly name: string;
  readonly kind: string;
  readonly position: number;
  readonly lag: number;
  readonly failing: { readonly since: string; readonly error: string } | null;
  readonly deadLetters: number;
}

interface ListedDeadLetter {
  readonly sink: string;
  readonly event: ToldEvent;
  readonly tries: number;
  readonly at: string;
  readonly error: string;
}

interface ReplayedSink {
  readonly name: string;
  readonly deadLetters: number;
  readonly position: number;
}

interface Listed<T> {
  readonly items: readonly T[];
  readonly next: number | null;
}

interface JsonOption {
  readonly json?: true;
}

/** Adds `sluice events`: what happens, as it happens; who is told of it, and telling again. */
export function addEventsCommand(program: Command, surroundings: CliSurroundings): void {
  const events = program.command('events').description('what happens, as it happens, and who is told of it');
  for (const add of [addFollow, addSinks, addDead, addReplay]) add(events, surroundings);
}

function addFollow(events: Command, { environment, signal, print, printJsonLine }: CliSurroundings): void {
  addServerOptions(events.command('follow', { isDefault: true }), environment)
    .description('what happens from now on, a line each (the default)')
    .option('--after <id>', 'begin after this event', readCursor)
    .option('--json', 'print a JSON document for each, in a line')
    .action(async ({ after, json, ...server }: ServerOptions & JsonOption & { readonly after?: number }) => {
      for await (const told of createClient(server, signal).follow(`/events?${writeQuery({ after })}`)) {
        if (json) printJsonLine(told);
        else print(describeTold(told as ToldEvent));
      }
    });
}

function addSinks(events: Command, { environment, signal, print, printJson }: CliSurroundings): void {
  addServerOptions(events.command('sinks'), environment)
    .description('who is told of events, and how that goes')
    .option('--json', 'print one JSON document')
    .action(async ({ json, ...server }: ServerOptions & JsonOption) => {
      const page = (await createClient(server, signal).get('/events/sinks')) as Listed<ListedSink>;
      if (json) printJson(page);
      else for (const sink of page.items) print(describeSink(sink));
    });
}

function addDead(events: Command, { environment, signal, print, printJson }: CliSurroundings): void {
  addServerOptions(events.command('dead'), environment)
    .description('events that sinks did not get, newest first')
    .option('--sink <name>', 'of this sink alone')
    .option('--limit <number>', 'how many', readLimit, 50)
    .option('--json', 'print one JSON document')
    .action(async ({ sink, limit, json, ...server }: ServerOptions & JsonOption & DeadOptions) => {
      const query = writeQuery({ limit, sink });
      const page = (await createClient(server, signal).get(
        `/events/dead-letters?${query}`,
      )) as Listed<ListedDeadLetter>;
      if (json) printJson(page);
      else for (const letter of page.items) print(describeDeadLetter(letter));
    });
}

function addReplay(events: Command, { environment, signal, print, printJson }: CliSurroundings): void {
  addServerOptions(events.command('replay'), environment)
    .description('tell sinks again what happened, or what they did not get')
    .option(
      '--from <id or time>',
      'the first event to tell again, or since when; all that followed is told again too',
    )
    .option('--dead', 'the dead letters')
    .option('--sink <name>', 'this sink alone')
    .option('--json', 'print one JSON document')
    .action(async ({ from, dead, sink, json, ...server }: ServerOptions & JsonOption & ReplayOptions) => {
      const body = {
        ...(from !== undefined && { from }),
        ...(dead && { dead }),
        ...(sink !== undefined && { sink }),
      };
      const answer = (await createClient(server, signal).post('/events/replay', body)) as Pick<
        Listed<ReplayedSink>,
        'items'
      >;
      if (json) printJson(answer);
      else for (const one of answer.items) print(describeReplay(one));
    });
}

interface DeadOptions {
  readonly sink?: string;
  readonly limit: number;
}

interface ReplayOptions {
  readonly from?: string;
  readonly dead?: true;
  readonly sink?: string;
}

/** A server may be newer, and tell of what is not known here. */
function describeTold({ id, at, type, subject, data }: ToldEvent): string {
  const known = eventTypes.find((one) => one === type);
  return `${at} ${id} ${type} ${known ? describeEvent({ type: known, data }) : subject}`;
}

function describeSink({ name, kind, position, lag, failing, deadLetters }: ListedSink): string {
  const how = failing ? `failing since ${failing.since}: ${failing.error}` : 'ok';
  const dead = deadLetters > 0 ? `, ${deadLetters} dead letters` : '';
  return `${name} (${kind}): ${how}; at event ${position}, ${lag} to go${dead}`;
}

function describeDeadLetter({ sink, event, tries, at, error }: ListedDeadLetter): string {
  return `${sink}: event ${event.id} ${event.type} ${event.subject}, ${tries} tries until ${at}: ${error}`;
}

function describeReplay({ name, deadLetters, position }: ReplayedSink): string {
  return `${name} goes on after event ${position}${deadLetters > 0 ? `, with ${deadLetters} dead letters again` : ''}`;
}
