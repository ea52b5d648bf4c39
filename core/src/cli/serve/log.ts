import { type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Masker } from '../../config/masker.ts';

/** How the server's log is written. */
export interface LogOptions {
  /** trace, debug, info, warn, error. */
  readonly log: string;
  /** As JSON, for programs, instead of lines for people. */
  readonly logJson?: true;
}

/** What waits to be written while nobody takes it, in characters; more is dropped. */
const mostWaiting = 1_048_576;

/**
 * The server's log on standard output, secrets masked. The server goes on where nobody reads it any more, or
 * its disk is full.
 */
export function createLog({ log: level, logJson }: LogOptions, masker: Masker): Logger {
  const output = pino.destination({ fd: 1, sync: true, maxLength: mostWaiting });
  output.on('error', () => {});
  const format = logJson
    ? (line: string) => line
    : prettyFactory({
        ignore: 'pid,hostname',
        translateTime: 'SYS:HH:MM:ss',
        colorize: process.stdout.isTTY,
      });
  return pino({ level }, { write: (line: string) => void output.write(format(masker.mask(line))) });
}
