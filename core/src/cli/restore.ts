import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { takeNodePlace } from '../store/nodes.ts';
import { findStoreUrl } from './store-url.ts';
import type { CliSurroundings } from './surroundings.ts';
import { addConfigOption, type ConfigOptions, withConfig } from './with-config.ts';

interface Options extends ConfigOptions {
  readonly replace?: true;
  readonly json?: true;
}

/** Adds `sluice restore`: makes the store of a backup; its starts are held until somebody releases them. */
export function addRestoreCommand(program: Command, surroundings: CliSurroundings): void {
  addConfigOption(program.command('restore'))
    .description(
      'make the store of a backup; nothing starts until somebody has looked and types "sluice release"',
    )
    .argument('<file>', 'what "sluice backup" wrote')
    .option('--replace', 'where there is a store already, keep it aside')
    .option('--json', 'print one JSON document')
    .action((file: string, { config: yaml, ...options }: Options) =>
      withConfig(yaml, surroundings, async (config) => {
        const place = takeNodePlace(config.directory);
        try {
          await restoreStore(findStoreUrl(config, surroundings), file, options, surroundings);
        } finally {
          place.release();
        }
      }),
    );
}

async function restoreStore(
  url: string,
  file: string,
  { replace, json }: Omit<Options, 'config'>,
  surroundings: CliSurroundings,
): Promise<void> {
  const { restore } = await import('../store/backup/restore.ts');
  const { environment, signal, directory, print, printJson } = surroundings;
  const asked = {
    environment,
    signal,
    replace: replace === true,
    person: userInfo().username,
    now: Date.now(),
  };
  const { kept, knowsUpTo } = await restore(url, resolve(directory, file), asked);
  const upTo = knowsUpTo === undefined ? null : new Date(knowsUpTo).toISOString();
  if (json) return printJson({ knowsUpTo: upTo, kept: kept ?? null });
  print(`the store is restored; it knows ${upTo === null ? 'nothing' : `nothing after ${upTo}`}`);
  if (kept !== undefined) print(`what was there before is kept: ${kept}`);
  print('all starts are held: start the server, see what is right to go on with, then type "sluice release"');
}
