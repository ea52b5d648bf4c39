import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { processTable } from '../../../src/targets/run/processes.ts';
import { WorkDirectory } from '../../../src/targets/run/work-directory.ts';
import { startWrapper } from '../../../src/targets/run/wrapper.ts';
import { makeDirectory } from './jobs.ts';

const driver = join(import.meta.dirname, 'driver.ts');

/** What the driver prints: that it begins, what it stored, how the job ended. */
interface Line {
  readonly text?: string;
  readonly offset?: number;
  readonly outcome?: { readonly status: string };
}

/** Stands in for the store: what a killed server has stored, the next one goes on from. */
interface Stored {
  text: string;
  offset: number;
}

function startServer(directory: string, key: string, command: string, stored: Stored): ChildProcess {
  return spawn(process.execPath, [driver, directory, key, command, String(stored.offset)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Lets a server do the job, kills it `afterMs` from when it began, and answers the outcome if it came to one. */
async function serve(server: ChildProcess, stored: Stored, afterMs: number | undefined): Promise<string | undefined> {
  if (server.stdout === null) throw new Error('the driver has no output');
  const killing = new AbortController();
  let status: string | undefined;
  const exited = once(server, 'close');
  for await (const text of createInterface({ input: server.stdout })) {
    const line: 'ready' | Line = JSON.parse(text);
    if (line === 'ready') {
      if (afterMs !== undefined)
        setTimeout(afterMs, undefined, { signal: killing.signal }).then(
          () => server.kill('SIGKILL'),
          () => {},
        );
      continue;
    }
    stored.text += line.text ?? '';
    stored.offset = line.offset ?? stored.offset;
    status = line.outcome?.status ?? status;
  }
  killing.abort();
  await exited;
  return status;
}

describe('a command', () => {
  it('is executed exactly once, and all its output is stored once, whenever its servers are killed', {
    timeout: 240_000,
  }, async () => {
    const directory = makeDirectory();
    const rounds = fc.sample(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 3 }), { numRuns: 50 });
    for (const [round, kills] of rounds.entries()) {
      const key = `round-${round}`;
      const command = 'echo x >>runs; echo begun; sleep 0.02; echo done';
      const stored: Stored = { text: '', offset: 0 };
      let status: string | undefined;
      for (const afterMs of [...kills, undefined]) {
        status ??= await serve(startServer(directory, key, command, stored), stored, afterMs);
      }
      const runs = readFileSync(join(directory, key, 'work/runs'), 'utf8');
      expect({ kills, status, runs, text: stored.text }).toEqual({ kills, status: 'passed', runs: 'x\n', text: 'begun\ndone\n' });
    }
  });

  it('is begun by one of many wrappers that start at the same moment', async () => {
    const directory = new WorkDirectory(join(makeDirectory(), 'job'));
    await directory.prepare('boot');
    const ends = Array.from({ length: 12 }, () => Promise.withResolvers<void>());
    const environment = { PATH: process.env['PATH'] ?? '' };
    const common = { directory, command: 'echo x >>runs', environment, processes: processTable, graceMs: 0 };
    await Promise.all(ends.map((end) => startWrapper({ ...common, onGone: end.resolve })));
    await Promise.all(ends.map((end) => end.promise));
    expect(readFileSync(join(directory.path, 'work/runs'), 'utf8')).toBe('x\n');
    expect(await directory.readStatus()).toBe(0);
    await vi.waitFor(async () => expect(await directory.readStarted()).toBeDefined());
  });

  it('is not begun by a wrapper that comes when the job is being ended', async () => {
    const directory = new WorkDirectory(join(makeDirectory(), 'job'));
    await directory.prepare('boot');
    await directory.writeEnd('cancelled');
    const end = Promise.withResolvers<void>();
    const environment = { PATH: process.env['PATH'] ?? '' };
    await startWrapper({
      directory,
      command: 'echo x >>runs',
      environment,
      processes: processTable,
      graceMs: 0,
      onGone: end.resolve,
    });
    await end.promise;
    expect(() => readFileSync(join(directory.path, 'work/runs'))).toThrow('ENOENT');
  });
});
