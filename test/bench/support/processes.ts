import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** A process as the kernel tells of it (proc(5)). */
export interface ProcessFacts {
  readonly pid: number;
  readonly command: string;
  /** Resident now, and at most so far, in bytes. */
  readonly resident: number;
  readonly peak: number;
}

/** CPU seconds, user and system, that a process and those that it started and that still run have used. */
export async function readCpuSeconds(pid: number): Promise<number> {
  const pids = await listTree(pid);
  const seconds = await Promise.all(pids.map(readOwnCpuSeconds));
  return seconds.reduce((sum, one) => sum + one, 0);
}

/** A process and those that it started and that still run. */
export async function readProcesses(pid: number): Promise<readonly ProcessFacts[]> {
  return Promise.all((await listTree(pid)).map(readFacts));
}

async function listTree(pid: number): Promise<readonly number[]> {
  const tasks = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8')),
  );
  const children = lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  return [pid, ...(await Promise.all(children.map(listTree))).flat()];
}

async function readOwnCpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in parentheses, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function readFacts(pid: number): Promise<ProcessFacts> {
  const [status, command] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readFile(`/proc/${pid}/cmdline`, 'utf8'),
  ]);
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  return { pid, command: command.replaceAll('\0', ' ').trim(), resident: read('VmRSS'), peak: read('VmHWM') };
}
