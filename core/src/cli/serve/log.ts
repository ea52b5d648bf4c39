import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Masker } from '../../config/masker.ts';

/** How the server's log is written. */
export interface LogOptions {
  /** trace, debug, info, warn, error. */
  readonly log: string;
  /** As JSON, for programs, instead of lines for people. */
  readonly logJson?: true;
}

/** The server's log on standard output, secrets masked. */
export function createLog({ log: level, logJson }: LogOptions, masker: Masker): Logger {
  const stream = logJson
    ? pino.destination({ fd: 1, sync: true })
    : pretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', colorize: process.stdout.isTTY, sync: true });
  return pino({ level }, { write: (line: string) => void stream.write(masker.mask(line)) });
}
