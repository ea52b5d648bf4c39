import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const everyMs = 100;

/**
 * Calls `onExceeded` once when a process has more resident memory than so many bytes; a heap limit alone
 * leaves Buffers out. Dispose of it when the process has ended.
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
  const kilobytes = process.platform === 'linux' ? readStatus(pid) : await askPs(pid);
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/**
 * Synchronous, since the kernel answers at once and a trip through the thread pool costs twenty times as
 * much.
 */
function readStatus(pid: number): string | undefined {
  try {
    return /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

async function askPs(pid: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return /^\s*(\d+)\s*$/.exec(stdout)?.[1];
}
