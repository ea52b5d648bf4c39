import type { Command } from 'commander';
import { addLevelCommand } from './level-command.ts';
import type { CliSurroundings } from './surroundings.ts';

/** Adds `sluice freeze`: lets nothing enter a level. */
export function addFreezeCommand(program: Command, surroundings: CliSurroundings): void {
  const description = 'let nothing enter a level, until it is unfrozen or a time; what runs there goes on';
  addLevelCommand(program, surroundings, { action: 'freeze', description })
    .requiredOption('--comment <text>', 'why')
    .option('--until <time>', 'when it is over by itself: a time, or a day, which is part of it');
}
