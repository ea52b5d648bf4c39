import type { Command } from 'commander';
import { addPipelineCommand } from './pipeline-command.ts';
import type { CliSurroundings } from './surroundings.ts';

/** Adds `sluice unpause`: lets a paused pipeline go on. */
export function addUnpauseCommand(program: Command, surroundings: CliSurroundings): void {
  addPipelineCommand(program, surroundings, {
    action: 'unpause',
    description: 'let a paused pipeline go on',
  });
}
