import { type Command, InvalidArgumentError, Option } from 'commander';
import { addServerOptions, createClient, type ServerOptions } from './client.ts';
import { type AnsweredRun, describeRun } from './runs.ts';
import type { CliSurroundings } from './surroundings.ts';

type Pairs = Readonly<Record<string, string>>;

interface TriggerCommandOptions extends ServerOptions {
  readonly material: Pairs;
  readonly passed: Pairs;
  readonly env: Pairs;
  readonly poll: boolean;
  readonly comment?: string;
  readonly override?: true;
  readonly json?: true;
}

/** Adds `sluice trigger`: starts a run by hand. */
export function addTriggerCommand(program: Command, surroundings: CliSurroundings): void {
  addServerOptions(program.command('trigger'), surroundings.environment)
    .description('start a run, with chosen versions of its materials')
    .argument('<pipeline>')
    .addOption(
      createPairs(
        '-m, --material <material=version>',
        'a version that the ledger has, REPOSITORY/PACKAGE=5.2.1, or a run of an upstream pipeline, build=17',
      ),
    )
    .addOption(
      createPairs(
        '--passed <material=pipeline/stage>',
        'what last passed a stage, REPOSITORY/PACKAGE=acceptance/smoke',
      ),
    )
    .addOption(createPairs('-e, --env <name=value>', 'a variable that the pipeline declares'))
    .option('--no-poll', "go by what is recorded: do not poll the materials' repositories first")
    .option('--comment <text>', 'why')
    .option('--override', 'take republished and withdrawn revisions all the same: for admins, with a comment')
    .option('--json', 'print the run as JSON')
    .action(async (pipeline: string, { json, server, token, ...options }: TriggerCommandOptions) => {
      const client = createClient({ server, ...(token !== undefined && { token }) }, surroundings.signal);
      const answer = await client.post(`/pipelines/${encodeURIComponent(pipeline)}/runs`, toBody(options));
      if (json) surroundings.printJson(answer);
      else surroundings.print(describeRun(answer as AnsweredRun));
    });
}

/** An option that may be given several times. */
function createPairs(flags: string, description: string): Option {
  return new Option(flags, `${description}; may be given several times`)
    .argParser(collectPair)
    .default({}, 'none');
}

function toBody({
  material,
  passed,
  env,
  poll,
  comment,
  override,
}: Omit<TriggerCommandOptions, keyof ServerOptions>) {
  const chosen = Object.entries(material).map(([name, value]) => [name, toChoice(name, value)] as const);
  const lastPassed = Object.entries(passed).map(([name, stage]) => [name, { passed: stage }] as const);
  return {
    materials: Object.fromEntries([...chosen, ...lastPassed]),
    environment: env,
    poll,
    ...(comment !== undefined && { comment }),
    ...(override && { override }),
  };
}

/** Of a package a version, whatever it looks like; of a pipeline, whose name holds no slash, a counter. */
function toChoice(name: string, value: string): string | number {
  return !name.includes('/') && /^[1-9]\d{0,8}$/.test(value) ? Number(value) : value;
}

function collectPair(text: string, collected: Pairs): Pairs {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('write NAME=VALUE');
  return { ...collected, [name]: value };
}
