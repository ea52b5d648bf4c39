import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const everyMs = 100;

/**
 * Calls `onExceeded` once when a process has more resident memory than so many bytes; a heap limit alone leaves Buffers out.
 * Dispose of it when the process has ended.
 */
export function watchMemory(pid: number, bytes: number, onExceeded: () => void): Disposable {
  let isReading = false;
  const timer = setInterval(async () => {
    if (isReading) return;
    isReading = true;
    const used = await readResidentMemory(pid);
    isReading = false;
    if (used === undefined || used <= bytes) return;
    clearInterval(timer);
    onExceeded();
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/**
 * The resident memory of a process in bytes, code included; `undefined` when it has ended.
 *
 * From /proc where there is one, else from `ps`: never from the process itself, which may be too busy to say.
 */
async function readResidentMemory(pid: number): Promise<number | undefined> {
  const kilobytes = process.platform === 'linux' ? await readStatus(pid) : await askPs(pid);
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

async function readStatus(pid: number): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
}

async function askPs(pid: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return /^\s*(\d+)\s*$/.exec(stdout)?.[1];
}
