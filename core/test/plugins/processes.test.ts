import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { ask, fixture, repository } from './asking.ts';
import { hostFixtures, poll } from './host.ts';

/** The process ids that a plugin's log names. */
function pids(log: readonly { readonly message: string }[]): readonly number[] {
  return log
    .filter(({ message }) => message.startsWith('pid '))
    .map(({ message }) => Number(message.slice(4)));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended and was not waited for yet still has its number.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

it('gives a culprit a process to itself until it succeeds, and everyone else the one they share', async () => {
  const host = await hostFixtures(['telling']);
  const good = repository('good', 'telling', {});
  const turncoat = (exits: boolean) => repository('turncoat', 'telling', { exits });
  await poll(host, good, ask(['a']));
  await expect(poll(host, turncoat(true), ask(['a']))).rejects.toMatchObject({ code: 'PLUGIN_FAILED' });
  for (const one of [good, turncoat(false), good, turncoat(false)]) await poll(host, one, ask(['a']));
  const told = pids(host.log);
  // Good first, the turncoat beside it and then alone, good again, the turncoat alone once more, and then all
  // together.
  const [first, shared, alone, later, apart, ...together] = told;
  expect(shared).toBe(first);
  expect(new Set([first, alone, later, apart]).size).toBe(4);
  expect(together).toEqual([later, later]);
});

it('costs a repository a coded error when the plugin cannot be loaded again, and recovers by itself', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-plugins-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'plugin.ts');
  await copyFile(fixture('telling'), file);
  const host = await hostFixtures([], { plugins: [file] });
  await expect(poll(host, repository('r', 'telling', { exits: true }), ask(['a']))).rejects.toMatchObject({
    code: 'PLUGIN_FAILED',
  });
  await rm(file);
  await expect(poll(host, repository('r', 'telling', {}), ask(['a']))).rejects.toThrow('cannot be read');
  await copyFile(fixture('telling'), file);
  expect(await poll(host, repository('r', 'telling', {}), ask(['a']))).toHaveLength(1);
});

it('ends a process that nobody asks anything, and starts it again at the next question', async () => {
  const host = await hostFixtures(['telling'], { idleMs: 50 });
  await poll(host, repository('r', 'telling', {}), ask(['a']));
  const [first = 0] = pids(host.log);
  await expect.poll(() => isAlive(first)).toBe(false);
  await poll(host, repository('r', 'telling', {}), ask(['a']));
  expect(pids(host.log)).toHaveLength(2);
  expect(host.restarts).toEqual([]);
});

it('ends every process when it is closed, those that loop forever included', async () => {
  const host = await hostFixtures(['telling']);
  const loop = poll(host, repository('loop', 'telling', { loops: true }), ask(['a']));
  const failed = expect(loop).rejects.toMatchObject({ message: expect.stringMatching(/stopping/) });
  await expect.poll(() => pids(host.log)).toHaveLength(1);
  await host.host.close();
  await failed;
  expect(pids(host.log).filter(isAlive)).toEqual([]);
  await expect(poll(host, repository('r', 'telling', {}), ask(['a']))).rejects.toThrow('stopping');
});

it.each([{ loops: false }, { loops: true }])(
  'leaves no process behind when the server is killed ($loops)',
  async ({ loops }) => {
    const server = spawn(
      process.execPath,
      [fileURLToPath(new URL('server.ts', import.meta.url)), String(loops)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    onTestFinished(() => void server.kill('SIGKILL'));
    const pid = await readPid(server);
    expect(isAlive(pid)).toBe(true);
    server.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  },
);

async function readPid({ stdout }: ChildProcess): Promise<number> {
  if (stdout === null) throw new Error('the output of the server is piped');
  const [line] = await once(createInterface(stdout), 'line');
  return Number(line);
}
