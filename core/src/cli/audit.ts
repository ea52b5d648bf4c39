import type { Command } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import type { CliSurroundings } from './surroundings.ts';

interface AuditOptions extends ServerOptions {
  readonly subject?: string;
  readonly actor?: string;
  readonly limit: string;
  readonly json?: true;
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
  addServerOptions(program.command('audit'), surroundings.environment)
    .description('who did what, from where, when; newest first (for admins)')
    .option('--subject <subject>', 'only what was done to it or to something below it: PIPELINE, REPOSITORY/PACKAGE')
    .option('--actor <name>', 'only what was done with the token of this name')
    .option('--limit <number>', 'how many', '20')
    .option('--json', 'print one JSON document')
    .action(async ({ subject, actor, limit, json, ...server }: AuditOptions) => {
      const query = new URLSearchParams({
        limit,
        ...(subject !== undefined && { subject }),
        ...(actor !== undefined && { actor }),
      });
      const page = (await createClient(server, surroundings.signal).get(`/audit?${query}`)) as { items: readonly ListedAudit[] };
      if (json) surroundings.printJson(page);
      else for (const entry of page.items) surroundings.print(describe(entry));
    });
}

function describe({ at, actor, person, action, subject, from, details }: ListedAudit): string {
  const who = person === actor ? actor : `${actor} (${person})`;
  const more = Object.keys(details).length === 0 ? '' : ` ${JSON.stringify(details)}`;
  return `${at} ${who}${from === null ? '' : ` from ${from}`}: ${action} ${subject}${more}`;
}
