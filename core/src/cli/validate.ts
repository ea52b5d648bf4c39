import type { Command } from 'commander';
import { type AccessConfig, isExpired, type TokenConfig } from '../config/access.ts';
import type { Config } from '../config/config.ts';
import { describeNotListenedTo } from '../config/not-listened-to.ts';
import { ConfigError, formatProblem } from '../config/problem.ts';
import { describeExposed, findExposed } from '../store/exposed.ts';
import { placeOf } from '../store/nodes.ts';
import { AlreadyTold } from './outcome.ts';
import { findStoreUrl, toStoreFile } from './store-url.ts';
import type { CliSurroundings } from './surroundings.ts';
import { addConfigOption, type ConfigOptions, withConfig } from './with-config.ts';

interface ValidateOptions extends ConfigOptions {
  readonly json?: true;
}

/** Adds `sluice validate`: checks the configuration, and reports everything that is wrong with it. */
export function addValidateCommand(program: Command, surroundings: CliSurroundings): void {
  addConfigOption(program.command('validate'))
    .description('check the configuration')
    .option('--json', 'print one JSON document')
    .action(({ config: file, json }: ValidateOptions) => {
      const tell = (config: Config) =>
        json ? tellAsJson(file, config, surroundings) : tellInWords(file, config, surroundings);
      return withConfig(file, surroundings, async (config) => tell(config)).catch((thrown: unknown) => {
        if (!json || !(thrown instanceof ConfigError)) throw thrown;
        const problems = thrown.problems.map((problem) => ({ ...problem, code: 'CONFIG_INVALID' }));
        surroundings.printJson({ ok: false, problems, warnings: [] });
        throw new AlreadyTold();
      });
    });
}

function tellInWords(file: string, config: Config, surroundings: CliSurroundings): void {
  const { repositories, pipelines, warnings } = config;
  for (const { message, ...place } of warnings)
    surroundings.warn(formatProblem({ ...place, message: `warning: ${message}` }));
  for (const sentence of listDoubts(config, surroundings)) surroundings.warn(`${file}: ${sentence}`);
  surroundings.print(
    `${file} is valid: ${count(repositories.size, 'repository', 'repositories')}, ${count(pipelines.size, 'pipeline', 'pipelines')}`,
  );
}

/** A warning that is about no line is about the first. */
function tellAsJson(file: string, config: Config, surroundings: CliSurroundings): void {
  const unplaced = listDoubts(config, surroundings).map((message) => ({ file, line: 1, column: 1, message }));
  const warnings = [...config.warnings, ...unplaced].map((warning) => ({
    ...warning,
    code: 'CONFIG_DOUBTFUL',
  }));
  surroundings.printJson({ ok: true, problems: [], warnings });
}

/** What is allowed, and hardly meant. */
function listDoubts(config: Config, surroundings: CliSurroundings): readonly string[] {
  const expired = findExpired(config.access, Date.now()).map(({ name, expiresAt = 0 }) => {
    const since = new Date(expiresAt).toISOString();
    return `the token "${name}" has expired at ${since} and is worth nothing; renew or remove it`;
  });
  const exposed = describeExposed(
    findExposed(placeOf(config.directory), toStoreFile(findStoreUrl(config, surroundings))),
  );
  return [...expired, ...describeNotListenedTo(config), ...(exposed === undefined ? [] : [exposed])];
}

function findExpired(access: AccessConfig | undefined, now: number): readonly TokenConfig[] {
  return [...(access?.tokens.values() ?? [])].filter((token) => isExpired(token, now));
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
