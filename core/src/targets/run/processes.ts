import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isMissing, readIfThere } from './files.ts';

/** One process, as the system's process table shows it. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** The process group. */
  readonly group: number;
  /** Ended, and not yet collected by its parent. */
  readonly zombie: boolean;
  /**
   * When it started, in the table's own notation: with the pid it names one process for as long as the system
   * runs.
   */
  readonly start: string;
}

/** Where processes are looked up. */
export interface ProcessTable {
  /**
   * One value for as long as the system runs, another after it was started anew: pids and start times repeat
   * then.
   */
  readBootId(): Promise<string>;
  read(pid: number): Promise<ProcessFacts | undefined>;
  list(): Promise<readonly ProcessFacts[]>;
  /** A line of POSIX sh that sets SLUICE__START to the start of the shell itself, in the table's notation. */
  readonly startInShell: string;
}

const run = promisify(execFile);

/** Linux: /proc (proc(5)), which every container has, where `ps` may be missing. */
export const procTable: ProcessTable = {
  async readBootId() {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  },
  async read(pid) {
    const stat = await readIfThere(`/proc/${pid}/stat`);
    return stat === undefined ? undefined : parseStat(stat);
  },
  async list() {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(pids.map((pid) => this.read(Number(pid))));
    return found.filter((facts) => facts !== undefined);
  },
  startInShell: `sluice_start() { read -r SLUICE__START <"/proc/$$/stat" && set -- \${SLUICE__START##*) } && SLUICE__START=\${20}; }; sluice_start`,
};

/** Everywhere else: `ps` (POSIX, with the `lstart` of the BSDs, macOS and procps). */
export const psTable: ProcessTable = {
  // The first process starts with the system, to the second.
  async readBootId() {
    return (await psTable.read(1))?.start ?? 'unknown';
  },
  async read(pid) {
    return (await listByPs(['-p', String(pid)])).find((facts) => facts.pid === pid);
  },
  list() {
    return listByPs(['-A']);
  },
  startInShell: 'SLUICE__START=$(set -- $(LC_ALL=C TZ=UTC ps -o lstart= -p $$); echo "$*")',
};

/** The process table of this machine. */
export const processTable: ProcessTable = process.platform === 'linux' ? procTable : psTable;

/** Whether that very process lives: its pid may be another's by now. */
export async function isAlive(
  processes: ProcessTable,
  { pid, start }: Pick<ProcessFacts, 'pid' | 'start'>,
): Promise<boolean> {
  const facts = await processes.read(pid);
  return facts !== undefined && !facts.zombie && facts.start === start;
}

/** Sends a signal to all of a process group whose leader is known to live. */
export function signalGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function parseStat(stat: string): ProcessFacts {
  // The name stands in parentheses and may hold any character, so that fields are counted from the last of
  // them.
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  const [state = '', parent, group] = fields;
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(parent),
    group: Number(group),
    zombie: isEnded(state),
    start: fields[19] ?? '',
  };
}

async function listByPs(selection: readonly string[]): Promise<readonly ProcessFacts[]> {
  const environment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  const columns = ['-o', 'pid=', '-o', 'ppid=', '-o', 'pgid=', '-o', 'stat=', '-o', 'lstart='];
  try {
    const { stdout } = await run('ps', [...selection, ...columns], {
      env: environment,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.trim().split('\n').map(parseRow);
  } catch (error) {
    // ps answers 1 and nothing when no process is selected.
    if (error instanceof Error && 'code' in error && error.code === 1) return [];
    throw error;
  }
}

function parseRow(row: string): ProcessFacts {
  const [pid, parent, group, state = '', ...start] = row.trim().split(/\s+/);
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    zombie: isEnded(state),
    start: start.join(' '),
  };
}

function isEnded(state: string): boolean {
  return /^[ZXx]/.test(state);
}
