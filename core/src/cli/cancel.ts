import type { Command } from 'commander';
import { addStageCommand } from './stage-command.ts';
import type { CliSurroundings } from './surroundings.ts';

/** Adds `sluice cancel`: cancels a stage that waits or runs. */
export function addCancelCommand(program: Command, surroundings: CliSurroundings): void {
  addStageCommand(program, surroundings, {
    action: 'cancel',
    description: 'cancel a stage that waits or runs',
  });
}
