import { type Command, InvalidArgumentError } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import { type AnsweredRun, describeRun } from './runs.ts';
import type { CliSurroundings } from './surroundings.ts';

/** A command that does something to a stage of a run. */
export interface StageCommand {
  readonly action: 'approve' | 'reject' | 'rerun' | 'cancel';
  readonly description: string;
  /** Whether it has to be said why. */
  readonly needsComment?: boolean;
  /** Whether it can be limited to jobs that failed. */
  readonly takesFailedJobs?: boolean;
}

interface Options extends ServerOptions {
  readonly comment?: string;
  readonly stageCounter?: number;
  readonly failedJobs?: true;
  readonly json?: true;
}

/** Adds a command that does something to a stage of a run, and prints the run. */
export function addStageCommand(
  program: Command,
  surroundings: CliSurroundings,
  { action, description, needsComment = false, takesFailedJobs = false }: StageCommand,
): void {
  const command = addServerOptions(program.command(action), surroundings.environment)
    .description(description)
    .argument('<pipeline>')
    .argument('<counter>', "the run's counter", readCounter)
    .argument('<stage>')
    .option(
      '--stage-counter <number>',
      'the attempt at the stage that is meant; refused if it is another by now',
      readCounter,
    )
    .option('--json', 'print the run as JSON');
  if (needsComment) command.requiredOption('--comment <text>', 'why');
  else command.option('--comment <text>', 'why');
  if (takesFailedJobs) command.option('--failed-jobs', 'only the jobs that did not pass');
  command.action(async (pipeline: string, counter: number, stage: string, options: Options) => {
    const { comment, stageCounter, failedJobs, json, ...server } = options;
    const path = `/pipelines/${encodeURIComponent(pipeline)}/runs/${counter}/stages/${encodeURIComponent(stage)}/${action}`;
    const body = {
      ...(comment !== undefined && { comment }),
      ...(stageCounter !== undefined && { stageCounter }),
      ...(failedJobs && { failedJobsOnly: true }),
    };
    const run = await createClient(server, surroundings.signal).post(path, body);
    if (json) surroundings.printJson(run);
    else surroundings.print(describeRun(run as AnsweredRun));
  });
}

/** Reads a counter. Throws commander's error for what is none. */
export function readCounter(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('write a counter, such as 17');
  return Number(text);
}
