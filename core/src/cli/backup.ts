import { resolve } from 'node:path';
import type { Command } from 'commander';
import { findStoreUrl } from './store-url.ts';
import type { CliSurroundings } from './surroundings.ts';
import { addConfigOption, type ConfigOptions, withConfig } from './with-config.ts';

/** Adds `sluice backup`: the whole store in one file, while the server works. */
export function addBackupCommand(program: Command, surroundings: CliSurroundings): void {
  addConfigOption(program.command('backup'))
    .description('write the whole store to a new file, while the server works, and check what was written')
    .argument('<file>', 'where to; nothing is written over a file that is there')
    .option('--json', 'print one JSON document')
    .action(async (file: string, { config: yaml, json }: ConfigOptions & { readonly json?: true }) => {
      // The other commands need not wait until the store is loaded.
      const { backUp } = await import('../store/backup/backup.ts');
      await withConfig(yaml, surroundings, async (config) => {
        const done = await backUp(
          findStoreUrl(config, surroundings),
          resolve(surroundings.directory, file),
          surroundings,
        );
        if (json) surroundings.printJson(done);
        else surroundings.print(`${file}: the whole store, ${done.bytes} bytes, read again and found whole`);
      });
    });
}
