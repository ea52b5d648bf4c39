import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunJob } from '../../config/jobs.ts';
import { createMasker } from '../log-text.ts';
import type { Following, Outcome, Target, Work } from '../target.ts';
import { Execution } from './execution.ts';
import { OutputTail } from './output-tail.ts';
import { isAlive, type ProcessTable, processTable } from './processes.ts';
import { Watch } from './watch.ts';
import { WorkDirectory } from './work-directory.ts';

/** What the run target needs. Times in milliseconds. */
export interface RunTargetOptions {
  /**
   * Where the jobs' directories are, each named by its key; made with mode 0700. On a local disk, and the
   * same one after a restart.
   */
  readonly directory: string;
  readonly now: () => number;
  readonly processes?: ProcessTable;
  /** Between SIGTERM and SIGKILL; default 10,000. */
  readonly graceMs?: number;
  /**
   * The most raw bytes of output that are stored, where the job does not say; of more, the beginning and the
   * end; default 10 MiB.
   */
  readonly storedBytes?: number;
  /**
   * The most raw bytes of output that a job may write, looked at every 250 ms, before it is ended; default 1
   * GiB.
   */
  readonly outputBytes?: number;
}

/** What could not be removed, and why. */
export interface SweepProblem {
  readonly key: string;
  readonly error: unknown;
}

/** A target for jobs of kind `run`. */
export interface RunTarget extends Target<RunJob> {
  /**
   * Removes the job's directory; call it when the outcome is stored, and not before. Throws where the job
   * left what may not be removed.
   */
  forget(key: string): Promise<void>;
  /**
   * Removes the directories of all other keys in which nothing runs; answers those that cannot be removed.
   */
  sweep(keys: ReadonlySet<string>): Promise<readonly SweepProblem[]>;
}

/**
 * Does jobs of kind `run`: a command for /bin/sh that outlives the server, and is executed once, whenever
 * servers are killed.
 *
 * `perform` finds out from the job's directory how far another server came: an exit status is taken, a
 * running process is followed, a process that is gone without a word is `doubt`, and only where no process
 * has begun the command (see {@link WorkDirectory}) is one started. It throws only what is wrong with the
 * directory or the store, and the reason of `detach`; in each case the command goes on, and `perform` may be
 * called again.
 */
export function createRunTarget(options: RunTargetOptions): RunTarget {
  const directoryOf = (key: string) => new WorkDirectory(join(options.directory, checkKey(key)));
  const { processes = processTable } = options;
  return {
    perform: async (work, following) =>
      performRun(work, following, directoryOf(work.key), { ...options, processes }),
    forget: async (key) => rm(directoryOf(key).path, { recursive: true, force: true }),
    sweep: (keys) => sweepDirectory(options.directory, keys, processes),
  };
}

async function performRun(
  work: Work<RunJob>,
  following: Following,
  directory: WorkDirectory,
  options: RunTargetOptions & { readonly processes: ProcessTable },
): Promise<Outcome> {
  following.detach.throwIfAborted();
  const { graceMs = 10_000, now, processes } = options;
  const storedBytes = work.job.outputLimit ?? options.storedBytes ?? 10 * 1024 ** 2;
  const outputBytes = options.outputBytes ?? Math.max(1024 ** 3, storedBytes);
  const boot = await processes.readBootId();
  const begunIn = await directory.readBootId();
  // Where output was stored and the directory is gone, something ran: that is doubt, too.
  const isNew = begunIn === undefined && following.offset === 0;
  if (isNew) await directory.prepare(boot);
  await using tail = new OutputTail({
    path: directory.output,
    offset: following.offset,
    storedBytes,
    masker: createMasker(work.secrets),
    write: (text, offset) => following.write(text, offset),
  });
  using watch = new Watch(directory.path, 'output', [following.detach, following.cancel]);
  const execution = new Execution({
    work,
    following,
    directory,
    tail,
    watch,
    processes,
    now,
    graceMs,
    outputBytes,
  });
  // After the system went down, no process of before is left, and nobody can know whether there was one.
  if (isNew || begunIn === boot) await execution.run();
  await tail.finish();
  return execution.conclude();
}

async function sweepDirectory(
  path: string,
  keys: ReadonlySet<string>,
  processes: ProcessTable,
): Promise<readonly SweepProblem[]> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const problems: SweepProblem[] = [];
  for (const key of await readdir(path)) {
    const directory = new WorkDirectory(join(path, key));
    try {
      if (!keys.has(key) && !(await isRunning(directory, processes)))
        await rm(directory.path, { recursive: true, force: true });
    } catch (error) {
      problems.push({ key, error });
    }
  }
  return problems;
}

async function isRunning(directory: WorkDirectory, processes: ProcessTable): Promise<boolean> {
  const started = await directory.readStarted();
  return started !== undefined && (await isAlive(processes, started));
}

function checkKey(key: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$/.test(key)) return key;
  throw new TypeError(
    `the key of a job names a directory: letters, digits, "_", "." and "-", at most 200, not ${JSON.stringify(key)}`,
  );
}
