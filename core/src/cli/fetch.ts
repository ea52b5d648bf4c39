import type { Command } from 'commander';
import { type FetchOptions, fetchMaterial } from './fetch-material.ts';

/** What the command works with. */
export interface FetchCommandOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Prints a line for the one who called. */
  readonly print: (line: string) => void;
  /** Prints a line about what goes on. */
  readonly warn: (line: string) => void;
}

/** Adds `sluice fetch`: inside a job, downloads a pinned revision, verifies it and prints where it is. */
export function addFetchCommand(
  program: Command,
  { environment, directory, signal, print, warn }: FetchCommandOptions,
): void {
  program
    .command('fetch')
    .description('inside a job: download the pinned revision of a material and verify its digest')
    .argument('<material>', 'its "as:", or REPOSITORY/PACKAGE')
    .option('-o, --output <path>', 'the file to write, or the directory to write into')
    .option('--unverified', 'fetch even where no digest is known')
    .action(async (material: string, options: FetchOptions) => {
      const { createHttp } = await import('@sluice/plugin-sdk/http');
      const client = createHttp();
      try {
        const http = client.forCall({ signal, log: { debug: () => {}, info: warn, warn } });
        print(await fetchMaterial(material, options, { environment, http, directory, signal }));
      } finally {
        await client.close();
      }
    });
}
