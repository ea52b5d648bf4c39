import type { Command } from 'commander';
import { addStageCommand } from './stage-command.ts';
import type { CliSurroundings } from './surroundings.ts';

/** Adds `sluice approve`: lets a run into a stage that waits for approval. */
export function addApproveCommand(program: Command, surroundings: CliSurroundings): void {
  addStageCommand(program, surroundings, {
    action: 'approve',
    description: 'let a run into a stage that waits for approval',
  });
}
