import type { Command } from 'commander';
import { addStageCommand } from './stage-command.ts';
import type { CliSurroundings } from './surroundings.ts';

/** Adds `sluice reject`: ends a run that waits for approval. */
export function addRejectCommand(program: Command, surroundings: CliSurroundings): void {
  addStageCommand(program, surroundings, {
    action: 'reject',
    description: 'do not let a run into a stage that waits for approval',
    needsComment: true,
  });
}
