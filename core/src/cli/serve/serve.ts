import type { Command } from 'commander';
import { pino } from 'pino';
import pretty from 'pino-pretty';
import type { CliSurroundings } from '../surroundings.ts';
import { addConfigOption, type ConfigOptions } from '../with-config.ts';
import { liveAsServer } from './life.ts';

/** Adds `sluice serve`: the server. It says what happens, for people on a terminal, else as a line of JSON each. */
export function addServeCommand(program: Command, surroundings: CliSurroundings): void {
  addConfigOption(program.command('serve'))
    .description('the server: watches, records, starts')
    .option('--log <level>', 'trace, debug, info, warn, error', 'info')
    .action(({ config: file, log: level }: ConfigOptions & { readonly log: string }) => {
      const log = createLog(level, surroundings);
      return liveAsServer({ file, surroundings, log, now: Date.now, random: Math.random });
    });
}

function createLog(level: string, { masker }: CliSurroundings) {
  const stream = process.stdout.isTTY
    ? pretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', singleLine: true, sync: true })
    : pino.destination({ fd: 1, sync: true });
  return pino({ level }, { write: (line: string) => void stream.write(masker.mask(line)) });
}
