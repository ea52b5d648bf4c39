import type { Command } from 'commander';
import { readSince, readUntil } from './arguments.ts';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import { addSearchOptions, printFound, type SearchOptions, writeQuery } from './search.ts';
import type { CliSurroundings } from './surroundings.ts';

interface AuditOptions extends ServerOptions, SearchOptions {
  readonly person?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly actor?: string;
  readonly since?: string;
  readonly until?: string;
}

interface ListedAudit {
  readonly at: string;
  readonly actor: string;
  readonly person: string;
  readonly action: string;
  readonly subject: string;
  readonly from: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Adds `sluice audit`: who did what, from where, when. */
export function addAuditCommand(program: Command, surroundings: CliSurroundings): void {
  const command = addServerOptions(program.command('audit'), surroundings.environment)
    .description('who did what, from where, when; newest first (for admins)')
    .option('--person <text>', "only what was done by somebody with this in the person's or the token's name")
    .option('--action <text>', 'only actions with this in their name: approve')
    .option(
      '--subject <text>',
      'only what was done to something with this in its name: PIPELINE/17, REPOSITORY/PACKAGE',
    )
    .option('--actor <name>', 'only what was done with the token of just this name')
    .option(
      '--since <when>',
      'not before this time (2026-11-28, 2026-11-28T09:30:00Z), or this long ago (7d)',
      readSince,
    )
    .option('--until <when>', 'before this time, not after this day, or not since this long ago', readUntil);
  addSearchOptions(command).action(async (options: AuditOptions) => {
    const { person, action, subject, actor, since, until, limit, after } = options;
    const query = writeQuery({ person, action, subject, actor, since, until, limit, after });
    const answer = await createClient(options, surroundings.signal).get(`/audit?${query}`);
    printFound(answer, describe, options, surroundings);
  });
}

function describe({ at, actor, person, action, subject, from, details }: ListedAudit): string {
  const who = person === actor ? actor : `${actor} (${person})`;
  const more = Object.keys(details).length === 0 ? '' : ` ${JSON.stringify(details)}`;
  return `${at} ${who}${from === null ? '' : ` from ${from}`}: ${action} ${subject}${more}`;
}
