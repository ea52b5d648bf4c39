import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { describeRounds } from '../../../../test/support/long.ts';
import { patience } from '../../../../test/support/until.ts';
import { processTable } from '../../../src/targets/run/processes.ts';
import { WorkDirectory } from '../../../src/targets/run/work-directory.ts';
import { startWrapper } from '../../../src/targets/run/wrapper.ts';
import { makeDirectory } from '../jobs.ts';

const driver = join(import.meta.dirname, 'driver.ts');

/** What the driver prints: that it waits, what it stored, and how the job ended. */
interface Line {
  readonly ready?: boolean;
  readonly text?: string;
  readonly offset?: number;
  readonly outcome?: { readonly status: string };
}

/** Stands in for the store: what a killed server has stored, the next one goes on from. */
interface Stored {
  text: string;
  offset: number;
  status: string | undefined;
}

type Server = ChildProcessByStdio<Writable, Readable, null>;

/** Lets a waiting server do the job and kills it after a while, if it is not done by then. */
async function serve(server: Server, stored: Stored, killAfterMs: number | undefined): Promise<void> {
  const exited = once(server, 'close');
  let killing: NodeJS.Timeout | undefined;
  for await (const text of createInterface({ input: server.stdout })) {
    const line: Line = JSON.parse(text);
    if (line.ready) {
      server.stdin.write(`${stored.offset}\n`);
      if (killAfterMs !== undefined) killing = setTimeout(() => server.kill('SIGKILL'), killAfterMs);
    }
    stored.text += line.text ?? '';
    stored.offset = line.offset ?? stored.offset;
    stored.status = line.outcome?.status ?? stored.status;
  }
  clearTimeout(killing);
  await exited;
}

/** Kills one server after the other, and the last one never. */
async function checkRound(directory: string, key: string, kills: readonly number[]): Promise<void> {
  const command = 'echo x >>runs; echo begun; sleep 0.02; echo done';
  const start = () =>
    spawn(process.execPath, [driver, directory, key, command], { stdio: ['pipe', 'pipe', 'inherit'] });
  const stored: Stored = { text: '', offset: 0, status: undefined };
  const servers = [...kills, undefined].map((killAfterMs) => ({ server: start(), killAfterMs }));
  for (const { server, killAfterMs } of servers) await serve(server, stored, killAfterMs);
  const runs = readFileSync(join(directory, key, 'work/runs'), 'utf8');
  expect({ kills, ...stored, runs }).toMatchObject({
    kills,
    status: 'passed',
    runs: 'x\n',
    text: 'begun\ndone\n',
  });
}

describe('a command', () => {
  describeRounds({ few: 8, all: 50 }, (rounds, options) => {
    const title = `is executed exactly once, all its output stored once, whenever servers are killed, in ${rounds} rounds`;
    it(title, options, async () => {
      const directory = makeDirectory();
      // The next server stands ready, so that it meets what the killed one has just begun.
      const kills = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 2 });
      for (const [round, after] of fc.sample(kills, rounds).entries())
        await checkRound(directory, `round-${round}`, after);
    });
  });

  it('is begun by one of many wrappers that start at the same moment', async () => {
    const directory = new WorkDirectory(join(makeDirectory(), 'job'));
    await directory.prepare('boot');
    const ends = Array.from({ length: 12 }, () => Promise.withResolvers<void>());
    const environment = { PATH: process.env['PATH'] ?? '' };
    const launch = { argv: ['/bin/sh', '-c', 'echo x >>runs'], cwd: '.', environment };
    const common = { directory, launch, processes: processTable, graceMs: 0 };
    await Promise.all(ends.map((end) => startWrapper({ ...common, onGone: end.resolve })));
    await Promise.all(ends.map((end) => end.promise));
    expect(readFileSync(join(directory.path, 'work/runs'), 'utf8')).toBe('x\n');
    expect(await directory.readStatus()).toBe(0);
    await vi.waitFor(async () => expect(await directory.readStarted()).toBeDefined(), patience);
  });

  it('is not begun by a wrapper that comes when the job is being ended', async () => {
    const directory = new WorkDirectory(join(makeDirectory(), 'job'));
    await directory.prepare('boot');
    await directory.writeEnd('cancelled');
    const end = Promise.withResolvers<void>();
    const environment = { PATH: process.env['PATH'] ?? '' };
    await startWrapper({
      directory,
      launch: { argv: ['/bin/sh', '-c', 'echo x >>runs'], cwd: '.', environment },
      processes: processTable,
      graceMs: 0,
      onGone: end.resolve,
    });
    await end.promise;
    expect(() => readFileSync(join(directory.path, 'work/runs'))).toThrow('ENOENT');
  });
});
