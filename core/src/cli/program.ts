import { createRequire } from 'node:module';
import { Command } from 'commander';
import { addApproveCommand } from './approve.ts';
import { addAuditCommand } from './audit.ts';
import { addBacktestCommand } from './backtest/backtest.ts';
import { addBackupCommand } from './backup.ts';
import { addCancelCommand } from './cancel.ts';
import { addCheckCommand } from './check.ts';
import { addCompareCommand } from './compare.ts';
import { addDecisionsCommand } from './decisions.ts';
import { addEventsCommand } from './events.ts';
import { addExplainCommand } from './explain.ts';
import { addFetchCommand } from './fetch.ts';
import { addFreezeCommand } from './freeze.ts';
import { addHeldCommand } from './held.ts';
import { addHistoryCommand } from './history.ts';
import { tellFailure } from './outcome.ts';
import { addPauseCommand } from './pause.ts';
import { addPluginsCommand } from './plugins.ts';
import { addRecordCommand } from './record.ts';
import { addRejectCommand } from './reject.ts';
import { addReleaseCommand } from './release.ts';
import { addRerunCommand } from './rerun.ts';
import { addRestoreCommand } from './restore.ts';
import { addRunsCommand } from './runs.ts';
import { addSchemaCommand } from './schema.ts';
import { addStatusCommand } from './status.ts';
import type { CliSurroundings } from './surroundings.ts';
import { addTokenCommand } from './token.ts';
import { addTriggerCommand } from './trigger.ts';
import { addUnfreezeCommand } from './unfreeze.ts';
import { addUnlockCommand } from './unlock.ts';
import { addUnpauseCommand } from './unpause.ts';
import { requireKnownCommand, tellWrongUsage } from './usage.ts';
import { addValidateCommand } from './validate.ts';
import { addWhereCommand } from './where.ts';

/** Adds a command to the program. */
export type AddCommand = (program: Command, surroundings: CliSurroundings) => void;

const commands: readonly AddCommand[] = [
  addValidateCommand,
  addCheckCommand,
  addCompareCommand,
  addSchemaCommand,
  addPluginsCommand,
  addFetchCommand,
  addStatusCommand,
  addRunsCommand,
  addTriggerCommand,
  addApproveCommand,
  addRejectCommand,
  addRerunCommand,
  addCancelCommand,
  addPauseCommand,
  addUnpauseCommand,
  addUnlockCommand,
  addHeldCommand,
  addReleaseCommand,
  addWhereCommand,
  addHistoryCommand,
  addFreezeCommand,
  addUnfreezeCommand,
  addRecordCommand,
  addExplainCommand,
  addDecisionsCommand,
  addBacktestCommand,
  addAuditCommand,
  addBackupCommand,
  addRestoreCommand,
  addTokenCommand,
  addEventsCommand,
];

/**
 * Runs `sluice` with the arguments after its name, and answers its exit code: 0 done, 1 it failed, 2 wrong
 * usage.
 */
export async function runCli(
  args: readonly string[],
  surroundings: CliSurroundings,
  more: readonly AddCommand[] = [],
): Promise<number> {
  const program = new Command('sluice')
    .description('watches package repositories and moves what is published through promotion pipelines')
    .version(readVersion(), '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => printLines(text, surroundings.print),
      writeErr: (text) => printLines(text, surroundings.warn),
    });
  for (const add of [...commands, ...more]) add(program, surroundings);
  tellWrongUsage(program);
  try {
    requireKnownCommand(program, args);
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (thrown) {
    return tellFailure(thrown, surroundings.warn);
  } finally {
    surroundings.showProgress(undefined);
  }
}

function printLines(text: string, print: (line: string) => void): void {
  for (const line of text.trimEnd().split('\n')) print(line);
}

function readVersion(): string {
  const { version }: { readonly version: string } = createRequire(import.meta.url)('../../package.json');
  return version;
}
