import type { ChildProcess } from 'node:child_process';

/** How long what a process said last may still be on its way when it has ended, in milliseconds. */
const lateMs = 500;

/**
 * Resolves when a process has ended and what it said has come, with why, in words that go on from "The
 * plugin"; `printed` gives what it printed last.
 */
export function untilExit(child: ChildProcess, printed: () => string): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', ({ message }) => resolve(`could not be started: ${message}`));
    child.once('exit', (code, signal) => {
      const finish = () => resolve(explainExit(code, signal, printed()));
      // A process that the plugin started may hold the streams open.
      const late = setTimeout(finish, lateMs);
      child.once('close', () => {
        clearTimeout(late);
        // Printed lines are heard a turn after they came.
        setImmediate(finish);
      });
    });
  });
}

function explainExit(code: number | null, signal: NodeJS.Signals | null, printed: string): string {
  if (/heap out of memory|Reached heap limit/.test(printed))
    return 'used more heap than it may have (pluginLimits.memory)';
  if (signal === 'SIGKILL')
    return 'was killed from outside (SIGKILL), as a system does that runs out of memory';
  if (signal !== null) return `was ended by ${signal}`;
  return `ended its own process with status ${code}`;
}
