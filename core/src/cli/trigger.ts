import { type Command, InvalidArgumentError } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import { type AnsweredRun, describeRun } from './runs.ts';
import type { CliSurroundings } from './surroundings.ts';

interface TriggerCommandOptions extends ServerOptions {
  readonly material: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly poll: boolean;
  readonly json?: true;
}

/** Adds `sluice trigger`: starts a run by hand. */
export function addTriggerCommand(program: Command, surroundings: CliSurroundings): void {
  addServerOptions(program.command('trigger'), surroundings.environment)
    .description('start a run, with chosen versions of its materials')
    .argument('<pipeline>')
    .option(
      '-m, --material <repository/package=version>',
      'a version that the ledger has; may be given several times',
      collectPair,
      {},
    )
    .option('-e, --env <name=value>', 'a variable that the pipeline declares; may be given several times', collectPair, {})
    .option('--no-poll', "go by what is recorded: do not poll the materials' repositories first")
    .option('--json', 'print the run as JSON')
    .action(async (pipeline: string, { material, env, poll, json, ...server }: TriggerCommandOptions) => {
      const body = { materials: material, environment: env, poll };
      const answer = await createClient(server, surroundings.signal).post(
        `/pipelines/${encodeURIComponent(pipeline)}/runs`,
        body,
      );
      if (json) surroundings.printJson(answer);
      else surroundings.print(describeRun(answer as AnsweredRun));
    });
}

function collectPair(text: string, collected: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('write NAME=VALUE');
  return { ...collected, [name]: value };
}
