import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Launch } from './launch.ts';
import type { ProcessTable } from './processes.ts';
import type { WorkDirectory } from './work-directory.ts';

/** What a wrapper is started with. */
export interface WrapperOptions {
  readonly directory: WorkDirectory;
  readonly launch: Launch;
  readonly processes: ProcessTable;
  /** Between the end of a job that is asked to end and the end of what it left behind, in milliseconds. */
  readonly graceMs: number;
  /** Called when the wrapper is gone. */
  readonly onGone: () => void;
}

/** A wrapper that this server started. */
export interface Wrapper {
  /** The name of its claim in the directory. */
  readonly claim: string;
  /** Why it could not be started, in words that hold nothing of the command or the environment. */
  readonly problem: string | undefined;
}

/**
 * The command of a job, in a shell that belongs to no server: $1 is the claim, $2 the grace in whole seconds,
 * $3 the folder to run in (from the job's own, or absolute), what follows is the program that takes the
 * command.
 *
 * A hard link is made or refused as a whole, so that of all wrappers of a job exactly one begins the command.
 * Paths are relative: a wrapper that comes late, when the directory was removed, finds nothing to write to.
 * Names of variables are of the kind that nobody may declare, so that the command's environment stays as it
 * is. What the wrapper writes is the owner's alone. Traps are for this shell; its children do not have them.
 * What the command left in its group ends with it, at once, or after the grace if it was asked to end.
 */
function writeScript(processes: ProcessTable): string {
  return `trap : HUP INT QUIT PIPE ALRM TERM USR1 USR2
${processes.startInShell}
[ -n "$SLUICE__START" ] || exit 1
SLUICE__UMASK=$(umask)
umask 077
printf '%s %s\\n' "$$" "$SLUICE__START" >"$1" || exit 1
ln "$1" started 2>>"$1" || exit 1
[ -e end ] && exit 1
(umask "$SLUICE__UMASK" && cd work && cd "$3" && unset OLDPWD && shift 3 && exec "$@")
SLUICE__STATUS=$?
while [ -e started ] && ! { printf '%s\\n' "$SLUICE__STATUS" >status.new && mv status.new status; }; do sleep 1; done 2>/dev/null
[ -e end ] && sleep "$2"
kill -KILL 0`;
}

/**
 * Starts a wrapper, as the leader of a session and group of its own; it may lose against one that was started
 * before.
 */
export async function startWrapper(options: WrapperOptions): Promise<Wrapper> {
  const claim = `claim.${randomUUID()}`;
  await using output = await open(options.directory.output, 'a', 0o600);
  const script = writeScript(options.processes);
  const { argv, cwd, environment } = options.launch;
  const grace = String(Math.ceil(options.graceMs / 1000));
  return new Promise((resolve) => {
    const refuse = (error: unknown) => resolve({ claim, problem: describeRefusal(error) });
    try {
      const child = spawn('/bin/sh', ['-c', script, 'sluice-job', claim, grace, cwd, ...argv], {
        cwd: options.directory.path,
        env: environment,
        detached: true,
        stdio: ['ignore', output.fd, output.fd],
      });
      child.once('spawn', () => resolve({ claim, problem: undefined }));
      child.on('error', refuse);
      child.once('exit', options.onGone);
      child.unref();
    } catch (error) {
      refuse(error);
    }
  });
}

// Messages of Node quote the values, which may be secret.
function describeRefusal(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (code === 'E2BIG') return 'its command and environment are longer than this system allows for a process';
  if (code === 'ERR_INVALID_ARG_VALUE') return 'its command or environment holds a NUL character';
  return `this system started no process for it (${code})`;
}
