import type { Command } from 'commander';
import { addPipelineCommand } from './pipeline-command.ts';
import type { CliSurroundings } from './surroundings.ts';

/** Adds `sluice unlock`: takes a pipeline's lock from the run that holds it. */
export function addUnlockCommand(program: Command, surroundings: CliSurroundings): void {
  addPipelineCommand(program, surroundings, {
    action: 'unlock',
    description: "take a pipeline's lock from the run that holds it",
  });
}
