import { isAbsolute } from 'node:path';
import type { RunJob } from '../../config/jobs.ts';
import type { Work } from '../target.ts';
import { becomeUser } from './user.ts';
import type { WorkDirectory } from './work-directory.ts';

/** What is started, and how. */
export interface Launch {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** From the job's own folder, or absolute. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What a job's command is started with; or why it cannot be, in words that say what to do. */
export async function planLaunch(
  { job, environment }: Work<RunJob>,
  directory: WorkDirectory,
): Promise<Launch | { readonly problem: string }> {
  const { command, cwd = '.', shell = '/bin/sh', user } = job;
  // With "./" in front, no CDPATH leads elsewhere.
  const launch: Launch = {
    argv: [shell, '-c', command],
    cwd: isAbsolute(cwd) ? cwd : `./${cwd}`,
    environment,
  };
  return user === undefined ? launch : becomeUser(launch, user, directory);
}
