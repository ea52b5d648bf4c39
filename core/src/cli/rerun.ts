import type { Command } from 'commander';
import { addStageCommand } from './stage-command.ts';
import type { CliSurroundings } from './surroundings.ts';

/** Adds `sluice rerun`: runs a stage again, or the jobs of it that failed. */
export function addRerunCommand(program: Command, surroundings: CliSurroundings): void {
  addStageCommand(program, surroundings, {
    action: 'rerun',
    description: 'run a stage again, with the same revisions',
    takesFailedJobs: true,
  });
}
