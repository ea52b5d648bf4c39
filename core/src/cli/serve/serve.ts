import type { Command } from 'commander';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { CliSurroundings } from '../surroundings.ts';
import { addConfigOption, type ConfigOptions } from '../with-config.ts';
import { liveAsServer } from './life.ts';

interface LogOptions {
  readonly log: string;
  readonly logJson?: true;
}

/** Adds `sluice serve`: the server. It says what happens, a line each. */
export function addServeCommand(program: Command, surroundings: CliSurroundings): void {
  addConfigOption(program.command('serve'))
    .description('the server: watches, records, starts')
    .option('--log <level>', 'trace, debug, info, warn, error', 'info')
    .option('--log-json', 'log as JSON, for programs')
    .action(({ config: file, ...logging }: ConfigOptions & LogOptions) => {
      const log = createLog(logging, surroundings);
      return liveAsServer({ file, surroundings, log, now: Date.now, random: Math.random });
    });
}

function createLog({ log: level, logJson }: LogOptions, { masker }: CliSurroundings): Logger {
  const stream = logJson
    ? pino.destination({ fd: 1, sync: true })
    : pretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', colorize: process.stdout.isTTY, sync: true });
  return pino({ level }, { write: (line: string) => void stream.write(masker.mask(line)) });
}
