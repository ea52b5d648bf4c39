import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { readProcesses } from './processes.ts';

/** What a process cost from its start to its end, what it started included. */
export interface ProcessCost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of the largest process, resident; in MB of 1,048,576 bytes. */
  readonly peakMb: number;
  readonly output: string;
}

/**
 * Runs a shell command and measures it; bash counts the time, the kernel the memory. Throws where it fails.
 */
export async function measureCommand(command: string): Promise<ProcessCost> {
  const child = spawn('bash', ['-c', `set -eo pipefail; TIMEFORMAT='%R %U %S'; time { ${command}; }`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors] = [collect(child.stdout), collect(child.stderr)];
  const ended = once(child, 'close');
  let peak = 0;
  while (child.exitCode === null) {
    // A process that ends while it is looked at has no facts any more.
    const processes = await readProcesses(child.pid ?? 0).catch(() => []);
    peak = Math.max(peak, ...processes.map((one) => (Number.isNaN(one.peak) ? 0 : one.peak)));
    await setTimeout(5);
  }
  await ended;
  const [seconds = '', user = '', system = ''] = errors().trim().split('\n').at(-1)?.split(' ') ?? [];
  if (child.exitCode !== 0) throw new Error(`${command}: ${child.exitCode}: ${errors()}`);
  return {
    seconds: Number(seconds),
    cpuSeconds: Number(user) + Number(system),
    peakMb: peak / 2 ** 20,
    output: output(),
  };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: string[] = [];
  stream.setEncoding('utf8').on('data', (chunk: string) => void chunks.push(chunk));
  return () => chunks.join('');
}
