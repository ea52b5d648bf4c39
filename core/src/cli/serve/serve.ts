import { type Command, Option } from 'commander';
import type { CliSurroundings } from '../surroundings.ts';
import { addConfigOption, type ConfigOptions } from '../with-config.ts';
import { keepHeapSmall } from './heap.ts';
import type { LogOptions } from './log.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error'];

/** Adds `sluice serve`: the server. It says what happens, a line each. */
export function addServeCommand(program: Command, surroundings: CliSurroundings): void {
  addConfigOption(program.command('serve'))
    .description('the server: watches, records, starts')
    .addOption(new Option('--log <level>', 'how much is said').choices(levels).default('info', 'info'))
    .option('--log-json', 'log as JSON, for programs')
    .action(async ({ config: file, ...logging }: ConfigOptions & LogOptions) => {
      keepHeapSmall();
      // The other commands need not wait until a server is loaded.
      const [{ createLog }, { helpToConfigure }, { liveAsServer }] = await Promise.all([
        import('./log.ts'),
        import('./first-start.ts'),
        import('./life.ts'),
      ]);
      const log = createLog(logging, surroundings.masker);
      const { signal } = surroundings;
      try {
        await helpToConfigure({ file, surroundings, log });
        if (signal.aborted) return;
        await liveAsServer({ file, surroundings, log, now: Date.now, random: Math.random });
      } catch (thrown) {
        if (thrown !== signal.reason) throw thrown;
        log.info('stopping before it was ready');
      }
    });
}
