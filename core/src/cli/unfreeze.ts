import type { Command } from 'commander';
import { addLevelCommand } from './level-command.ts';
import type { CliSurroundings } from './surroundings.ts';

/** Adds `sluice unfreeze`: lets a level be entered again. */
export function addUnfreezeCommand(program: Command, surroundings: CliSurroundings): void {
  const description = 'let a level be entered again: what waited goes on in its turn';
  addLevelCommand(program, surroundings, { action: 'unfreeze', description }).option(
    '--comment <text>',
    'why',
  );
}
