import type { RunJob } from '../../config/jobs.ts';
import type { Following, Outcome, Work } from '../target.ts';
import { planLaunch } from './launch.ts';
import type { OutputTail } from './output-tail.ts';
import { isAlive, type ProcessTable, signalGroup } from './processes.ts';
import type { Watch } from './watch.ts';
import type { End, Started, WorkDirectory } from './work-directory.ts';
import { startWrapper } from './wrapper.ts';

/** What an execution works with. */
export interface ExecutionOptions {
  readonly work: Work<RunJob>;
  readonly following: Following;
  readonly directory: WorkDirectory;
  readonly tail: OutputTail;
  readonly watch: Watch;
  readonly processes: ProcessTable;
  readonly now: () => number;
  /** Between SIGTERM and SIGKILL, in milliseconds. */
  readonly graceMs: number;
  /** The most raw bytes of output that a job may write. */
  readonly outputBytes: number;
}

const flushMs = 250;
const cancelled = 'the job was cancelled';

/** Understands one job's way from its start, or from where another server left it, to its outcome. */
export class Execution {
  readonly #options: ExecutionOptions;
  #end: End | undefined;
  #terminated = false;
  #flushedAt = 0;

  constructor(options: ExecutionOptions) {
    this.#options = options;
  }

  /** Starts the command if nobody did, and follows it until its process is gone. */
  async run(): Promise<void> {
    const { directory } = this.#options;
    this.#end = await directory.readEnd();
    if (this.#end === undefined && (await directory.readStarted()) === undefined) await this.#start();
    const started = await directory.readStarted();
    if (started !== undefined) await this.#follow(started);
  }

  /** The outcome, once no process is left. */
  async conclude(): Promise<Outcome> {
    const { directory } = this.#options;
    const exitCode = (await directory.readStatus()) ?? null;
    const end = await directory.readEnd();
    if (end !== undefined) return { status: 'failed', exitCode, message: end.reason };
    if (exitCode !== null) return { status: exitCode === 0 ? 'passed' : 'failed', exitCode, message: null };
    const message =
      'how the job ended is not known: its process is gone without an exit status (the host went down, or it was killed)';
    return { status: 'doubt', exitCode, message };
  }

  /** Until some wrapper has begun the command, or it is certain that none will. */
  async #start(): Promise<void> {
    const { directory, following, now, watch, work } = this.#options;
    if (following.cancel.aborted) return this.#decideToEnd(cancelled);
    const since = now();
    const gone = new AbortController();
    const onGone = () => {
      gone.abort();
      watch.ring();
    };
    const launch = await planLaunch(work, directory);
    if ('problem' in launch) return this.#decideToEnd(`the job could not be started: ${launch.problem}`);
    const wrapper = await startWrapper({ ...this.#options, launch, onGone });
    if (wrapper.problem !== undefined)
      return this.#decideToEnd(`the job could not be started: ${wrapper.problem}`);
    for (;;) {
      const lost = gone.signal.aborted;
      if ((await directory.readStarted()) !== undefined) return;
      following.detach.throwIfAborted();
      const reason = lost ? await this.#explainLoss(wrapper.claim) : await this.#findReasonToEnd(since);
      if (reason !== undefined) return this.#decideToEnd(reason);
      await watch.wait(0);
    }
  }

  async #explainLoss(claim: string): Promise<string> {
    const { directory } = this.#options;
    const [, ...lines] = (await directory.readClaim(claim))?.split('\n') ?? [];
    const words = lines.join(' ').trim();
    if (words === '')
      return 'the job could not be started: its process ended before the command began; look at the memory of this host';
    return `the job could not be started (${words}): ${directory.path} needs free space and a file system with hard links`;
  }

  async #follow(started: Started): Promise<void> {
    const { directory, following, now, processes, tail, watch } = this.#options;
    for (;;) {
      following.detach.throwIfAborted();
      const status = await directory.readStatus();
      if (!(await isAlive(processes, started))) return;
      await this.#press(started, status !== undefined);
      if (status !== undefined) watch.hurry();
      if (now() - this.#flushedAt >= flushMs && (await tail.copy())) {
        this.#flushedAt = now();
        watch.hurry();
      }
      await watch.wait(Math.max(0, this.#flushedAt + flushMs - now()));
    }
  }

  /**
   * Ends the job where there is a reason: SIGTERM to its group, the grace, SIGKILL. Of a command that has
   * ended by itself, what it left in its group is ended.
   *
   * A process that left the group (setsid, a daemon, `set -m`) is not ours any more and is not ended.
   */
  async #press(started: Started, hasStatus: boolean): Promise<void> {
    const { graceMs, now, processes } = this.#options;
    const reason = hasStatus || this.#end !== undefined ? undefined : await this.#findReasonToEnd(started.at);
    if (reason !== undefined) await this.#decideToEnd(reason);
    if (this.#end === undefined) {
      if (hasStatus) signalGroup(started.pid, 'SIGKILL');
      return;
    }
    if (!this.#terminated) signalGroup(started.pid, 'SIGTERM');
    this.#terminated = true;
    const isIdle = hasStatus && !(await isGroupBusy(processes, started.pid));
    if (isIdle || now() >= this.#end.at + graceMs) signalGroup(started.pid, 'SIGKILL');
  }

  async #findReasonToEnd(since: number): Promise<string | undefined> {
    const { following, now, outputBytes, tail, work } = this.#options;
    if (following.cancel.aborted) return cancelled;
    if (now() >= since + work.job.timeoutMs)
      return `the job was ended: it took longer than its time limit of ${work.job.timeoutMs / 1000} s`;
    if ((await tail.size()) > outputBytes)
      return `the job was ended: it wrote more than ${outputBytes} bytes of output; let it write to a file`;
    return undefined;
  }

  // Written before it is done: a server that goes away in between leaves a job that has failed, and not one
  // in doubt.
  async #decideToEnd(reason: string): Promise<void> {
    await this.#options.directory.writeEnd(reason);
    this.#end = { reason, at: this.#options.now() };
  }
}

/**
 * Whether somebody lives in the group beside the wrapper, which leads it, and the `sleep` that it waits with.
 */
async function isGroupBusy(processes: ProcessTable, group: number): Promise<boolean> {
  return (await processes.list()).some(
    (facts) => facts.group === group && facts.pid !== group && facts.parent !== group && !facts.zombie,
  );
}
