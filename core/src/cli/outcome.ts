import { CommanderError } from 'commander';
import { ConfigError, formatProblem } from '../config/problem.ts';

/** The command failed, and has said why already. */
export class AlreadyTold extends Error {
  override readonly name = 'AlreadyTold';
}

/**
 * The exit code of a command that threw, told in one line (for a configuration, one for each problem): 1 it
 * failed, 2 wrong usage.
 */
export function tellFailure(thrown: unknown, warn: (line: string) => void): number {
  // Commander has printed what is wrong, or the help that was asked for.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  if (thrown instanceof AlreadyTold) return 1;
  if (thrown instanceof ConfigError) for (const problem of thrown.problems) warn(formatProblem(problem));
  else warn(`sluice: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  return 1;
}
