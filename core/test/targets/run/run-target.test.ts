import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { describeWith } from '../../../../test/support/requirement.ts';
import { patience } from '../../../../test/support/until.ts';
import type { RunJob } from '../../../src/config/jobs.ts';
import { type ProcessTable, processTable, procTable, psTable } from '../../../src/targets/run/processes.ts';
import { makeDirectory, makeLog, makeTarget } from '../jobs.ts';
import { makeWork } from '../work.ts';

const passed = { status: 'passed', exitCode: 0, message: null };

function isAlive(pid: number): boolean {
  try {
    // A process that ended and is not collected yet counts as one that ended.
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** The pids that a command wrote into a file, once there are so many. */
async function readPids(path: string, count: number): Promise<number[]> {
  return vi.waitFor(() => {
    const pids = readFileSync(path, 'utf8').split('\n').filter(Boolean).map(Number);
    expect(pids).toHaveLength(count);
    return pids;
  });
}

describe('a command', () => {
  it('passes with exit status 0, and its output of both kinds is stored', async () => {
    const log = makeLog();
    expect(await makeTarget().perform(makeWork('echo out; echo err >&2'), log)).toEqual(passed);
    expect(log.text).toBe('out\nerr\n');
    expect(log.writes.at(-1)?.offset).toBe(8);
  });

  it('fails with the exit status it had', async () => {
    expect(await makeTarget().perform(makeWork('exit 3'), makeLog())).toEqual({
      status: 'failed',
      exitCode: 3,
      message: null,
    });
  });

  it('runs in an own folder, which is readable for nobody else', async () => {
    const target = makeTarget();
    const log = makeLog();
    await target.perform(makeWork('pwd; echo hello >file'), log);
    const work = join(target.directory, 'attempt-1', 'work');
    expect(log.text).toBe(`${work}\n`);
    expect(readFileSync(join(work, 'file'), 'utf8')).toBe('hello\n');
    expect(statSync(join(target.directory, 'attempt-1')).mode & 0o777).toBe(0o700);
  });

  it('leaves nothing that others can read, and keeps the umask of the server for its own files', async () => {
    const before = process.umask(0o002);
    onTestFinished(() => void process.umask(before));
    const target = makeTarget();
    const log = makeLog();
    await target.perform(makeWork('umask; echo hello >file'), log);
    expect(log.text).toBe('0002\n');
    const directory = join(target.directory, 'attempt-1');
    const modes = readdirSync(directory).map((name) => [
      name,
      (statSync(join(directory, name)).mode & 0o077).toString(8),
    ]);
    expect(modes.filter(([, mode]) => mode !== '0')).toEqual([]);
    expect(modes.map(([name]) => name)).toEqual(
      expect.arrayContaining(['output', 'started', 'status', 'work']),
    );
    expect(statSync(join(directory, 'work', 'file')).mode & 0o777).toBe(0o664);
  });

  it('sees exactly the environment it was given, beside PWD, which every shell sets', async () => {
    vi.stubEnv('SLUICE_TEST_LEAK', 'leaked');
    const environment = {
      PATH: process.env['PATH'] ?? '',
      GO_PIPELINE_NAME: 'a b',
      LINES_OF_TEXT: 'one\ntwo',
      SLUICE_IDEMPOTENCY_KEY: 'k',
    };
    const log = makeLog();
    await makeTarget().perform(makeWork('env -0', { environment }), log);
    vi.unstubAllEnvs();
    const seen = log.text
      .split('\uFFFD')
      .filter((entry) => entry !== '' && !entry.startsWith('PWD=') && !entry.startsWith('_='));
    expect(seen.sort()).toEqual(
      Object.entries(environment)
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
    );
  });

  it('has no input to wait for', async () => {
    expect(await makeTarget().perform(makeWork('cat'), makeLog())).toEqual(passed);
  });

  it('may remove its own folder, and its exit status is known all the same', async () => {
    expect(await makeTarget().perform(makeWork('rm -rf "$PWD"; exit 4'), makeLog())).toMatchObject({
      status: 'failed',
      exitCode: 4,
    });
  });

  it('takes what it left running in its group with it', async () => {
    const target = makeTarget();
    await target.perform(makeWork('sleep 600 & echo $! >pids'), makeLog());
    const [left = 0] = await readPids(join(target.directory, 'attempt-1/work/pids'), 1);
    await vi.waitFor(() => expect(isAlive(left)).toBe(false), patience);
  });

  it('may send SIGTERM to its whole group, as scripts do in their exit traps', async () => {
    const outcome = await makeTarget().perform(
      makeWork('trap "trap - TERM; kill 0; exit 5" EXIT; sleep 600 & true'),
      makeLog(),
    );
    expect(outcome.status).toBe('failed');
    expect(outcome.exitCode).not.toBeNull();
  });

  it('is in doubt when its process is killed without leaving an exit status', async () => {
    expect(await makeTarget().perform(makeWork('kill -KILL 0'), makeLog())).toMatchObject({
      status: 'doubt',
      exitCode: null,
    });
  });

  it.each([
    ['longer than the system allows', `: ${'x'.repeat(3_000_000)}`, 'longer'],
    ['with a NUL character', 'echo a\0b', 'NUL'],
  ])('%s fails in words and is not started later', async (_case, command, word) => {
    const target = makeTarget();
    const expected = { status: 'failed', exitCode: null, message: expect.stringContaining(word) };
    expect(await target.perform(makeWork(command), makeLog())).toEqual(expected);
    expect(await target.perform(makeWork(command), makeLog())).toEqual(expected);
  });

  it.each([
    [
      'the file system has no hard links',
      'ln() { echo "ln: not permitted" >&2; return 1; }',
      '(ln: not permitted)',
    ],
    ['its process is killed before', 'kill -KILL $$', 'before the command began'],
  ])('that cannot begin, since %s, fails in words', async (_case, line, words) => {
    const processes = { ...processTable, startInShell: `${processTable.startInShell}\n${line}` };
    const outcome = await makeTarget({ processes }).perform(makeWork('true'), makeLog());
    expect(outcome).toEqual({ status: 'failed', exitCode: null, message: expect.stringContaining(words) });
  });

  it('whose key cannot be the name of a directory is refused', async () => {
    await expect(makeTarget().perform(makeWork('true', { key: '../escape' }), makeLog())).rejects.toThrow(
      'names a directory',
    );
  });
});

describe('a command that is told how to run', () => {
  const withJob = (command: string, changes: Partial<RunJob>) => {
    const work = makeWork(command);
    return { ...work, job: { ...work.job, ...changes } };
  };

  it('runs in a folder of its own folder, or anywhere', async () => {
    const elsewhere = makeDirectory();
    const log = makeLog();
    const target = makeTarget();
    expect(await target.perform(withJob('pwd', { cwd: elsewhere }), log)).toEqual(passed);
    const missing = { ...withJob('pwd', { cwd: 'missing' }), key: 'attempt-2' };
    expect(await target.perform(missing, log)).toMatchObject({ status: 'failed' });
    expect(log.text).toMatch(new RegExp(`^${elsewhere}\n.*cd: can't cd to ./missing\n$`));
  });

  it('is taken by the program that it names', async () => {
    const log = makeLog();
    await makeTarget().perform(
      withJob('process.stdout.write("from node")', { shell: process.execPath }),
      log,
    );
    expect(log.text).toContain('from node');
  });

  it('keeps the beginning and the end of its output, as much as it wants', async () => {
    const log = makeLog();
    await makeTarget().perform(
      withJob('echo first; head -c 5000 /dev/zero | tr "\\0" x; echo last', { outputLimit: 100 }),
      log,
    );
    expect(log.text).toMatch(
      /^first\nx+\n\[sluice: 49\d\d bytes of the output are left out here; the limit is 100 bytes\]\nx+last\n$/,
    );
  });

  it('as somebody who is not there, in words, never begins', async () => {
    const message = expect.stringMatching(/it is to run as nobody-of-this-name/);
    const unknown =
      process.getuid?.() === 0 ? expect.stringContaining('there is no user nobody-of-this-name') : message;
    expect(await makeTarget().perform(withJob('true', { user: 'nobody-of-this-name' }), makeLog())).toEqual({
      status: 'failed',
      exitCode: null,
      message: unknown,
    });
  });

  it('as the user who runs the server is nothing special', async () => {
    expect(await makeTarget().perform(withJob('true', { user: userInfo().username }), makeLog())).toEqual(
      passed,
    );
  });
});

describeWith(
  { name: 'root', install: 'run the tests as root', met: process.getuid?.() === 0 },
  'a command that runs as another user',
  () => {
    it('has that user, its home and a folder to write to, and cannot touch what tells whether it ran', async () => {
      const work = makeWork(
        'id -un; echo $HOME; echo mine >"$PWD/file" && cat file; ls .. ; rm -f ../started ../status; echo no >../status',
      );
      const log = makeLog();
      const target = makeTarget();
      const outcome = await target.perform({ ...work, job: { ...work.job, user: 'nobody' } }, log);
      expect(log.text).toMatch(/^nobody\n\/[^\n]+\nmine\n/);
      expect(log.text.match(/denied/g)?.length).toBeGreaterThanOrEqual(3);
      expect(outcome.status).toBe('failed');
      expect(readFileSync(join(target.directory, 'attempt-1/status'), 'utf8')).toMatch(/^[12]\n$/);
    });

    it('is ended with its children like any other', async () => {
      const work = makeWork('sleep 600 & echo $! >pids; echo begun; wait');
      const log = makeLog();
      const target = makeTarget({ graceMs: 1_000 });
      const outcome = target.perform({ ...work, job: { ...work.job, user: 'nobody' } }, log);
      await vi.waitFor(() => expect(log.text).toContain('begun'), patience);
      const [left = 0] = await readPids(join(target.directory, 'attempt-1/work/pids'), 1);
      log.cancelling.abort();
      expect(await outcome).toMatchObject({ status: 'failed', message: 'the job was cancelled' });
      await vi.waitFor(() => expect(isAlive(left)).toBe(false), patience);
    });
  },
);

describe('a job that is being ended', () => {
  const stubborn =
    'trap "" TERM; echo $$ >>pids; sh -c \'echo $$ >>pids; exec sleep 600\' & echo begun; while :; do sleep 1; done';

  it('is killed with its children when the time limit is over and SIGTERM does not help', async () => {
    const target = makeTarget({ graceMs: 200 });
    const outcome = await target.perform(makeWork(stubborn, { timeoutMs: 1000 }), makeLog());
    expect(outcome).toEqual({
      status: 'failed',
      exitCode: null,
      message: expect.stringContaining('time limit of 1 s'),
    });
    for (const pid of await readPids(join(target.directory, 'attempt-1/work/pids'), 2)) {
      await vi.waitFor(() => expect(isAlive(pid)).toBe(false), patience);
    }
  });

  it('may use its grace: what is left in the group ends by itself, although its shell went first', async () => {
    const target = makeTarget({ graceMs: 60_000 });
    const log = makeLog();
    const command = `sh -c 'trap "sleep 0.3; echo cleaned up; exit 0" TERM; echo begun; while :; do sleep 0.05; done' & wait`;
    const outcome = target.perform(makeWork(command), log);
    await vi.waitFor(() => expect(log.text).toContain('begun'), patience);
    log.cancelling.abort();
    expect(await outcome).toMatchObject({ status: 'failed', message: 'the job was cancelled' });
    expect(log.text).toContain('cleaned up');
  });

  it('by a cancellation before it began never begins', async () => {
    const target = makeTarget();
    const log = makeLog();
    log.cancelling.abort();
    expect(await target.perform(makeWork('touch began'), log)).toEqual({
      status: 'failed',
      exitCode: null,
      message: 'the job was cancelled',
    });
    expect(existsSync(join(target.directory, 'attempt-1/work/began'))).toBe(false);
  });

  it('for too much output fails with a message that says so', async () => {
    const target = makeTarget({ outputBytes: 100_000, graceMs: 200 });
    const outcome = await target.perform(makeWork('yes'), makeLog());
    expect(outcome).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('more than 100000 bytes'),
    });
  });

  it('goes on being ended by the next server, and has then failed, not vanished', async () => {
    const target = makeTarget({ graceMs: 60_000 });
    const log = makeLog();
    const first = target.perform(makeWork(stubborn), log);
    await vi.waitFor(() => expect(log.text).toContain('begun'), patience);
    log.cancelling.abort();
    await vi.waitFor(() => expect(existsSync(join(target.directory, 'attempt-1/end'))).toBe(true), patience);
    log.detaching.abort(new Error('the server goes away'));
    await expect(first).rejects.toThrow('the server goes away');
    const next = makeTarget({ directory: target.directory, graceMs: 100 });
    expect(await next.perform(makeWork(stubborn), makeLog(log.writes.at(-1)?.offset))).toMatchObject({
      status: 'failed',
      message: 'the job was cancelled',
    });
  });
});

describe('a job that another server began', () => {
  const waitsForFile = 'echo begun; echo x >>runs; while ! [ -e go ]; do sleep 0.02; done; echo done';

  async function leaveRunning(timeoutMs = 60_000) {
    const target = makeTarget();
    const log = makeLog();
    const work = makeWork(waitsForFile, { timeoutMs });
    const first = target.perform(work, log);
    await vi.waitFor(() => expect(log.text).toBe('begun\n'), patience);
    log.detaching.abort(new Error('the server goes away'));
    await expect(first).rejects.toThrow('the server goes away');
    return { target, work, folder: join(target.directory, 'attempt-1'), offset: log.writes.at(-1)?.offset };
  }

  it('is followed on from where its log ends, and is not started again', async () => {
    const { target, work, folder, offset } = await leaveRunning();
    const log = makeLog(offset);
    const outcome = target.perform(work, log);
    writeFileSync(join(folder, 'work/go'), '');
    expect(await outcome).toEqual(passed);
    expect(log.text).toBe('done\n');
    expect(readFileSync(join(folder, 'work/runs'), 'utf8')).toBe('x\n');
  });

  it('and that finished in the meantime gives the status it had', async () => {
    const { target, work, folder, offset } = await leaveRunning();
    writeFileSync(join(folder, 'work/go'), '');
    await vi.waitFor(() => expect(existsSync(join(folder, 'status'))).toBe(true), patience);
    const log = makeLog(offset);
    expect(await target.perform(work, log)).toEqual(passed);
    expect(log.text).toBe('done\n');
    expect(await target.perform(work, makeLog(11))).toEqual(passed);
  });

  it('is ended when its time limit passed while no server was there', async () => {
    const { target, work, folder, offset } = await leaveRunning(30_000);
    const before = new Date(Date.now() - 31_000);
    utimesSync(join(folder, 'started'), before, before);
    expect(await target.perform(work, makeLog(offset))).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('time limit of 30 s'),
    });
  });

  it('is in doubt when the system went down in the meantime, whatever else was written', async () => {
    const { target, work, folder, offset } = await leaveRunning();
    const log = makeLog(offset);
    const pid = Number.parseInt(readFileSync(join(folder, 'started'), 'utf8'), 10);
    writeFileSync(join(folder, 'boot'), 'another boot');
    expect(await target.perform(work, log)).toMatchObject({ status: 'doubt' });
    process.kill(-pid, 'SIGKILL');
  });

  it('is in doubt when its directory is gone', async () => {
    expect(await makeTarget().perform(makeWork('touch again'), makeLog(10))).toMatchObject({
      status: 'doubt',
    });
  });

  it('is in doubt when its pid belongs to somebody else by now, who is left alone', async () => {
    const { target, work, folder, offset } = await leaveRunning();
    const pid = Number.parseInt(readFileSync(join(folder, 'started'), 'utf8'), 10);
    process.kill(-pid, 'SIGKILL');
    writeFileSync(join(folder, 'started'), `${process.pid} 1\n`);
    expect(await target.perform(work, makeLog(offset))).toMatchObject({ status: 'doubt' });
  });
});

describe('directories', () => {
  it('are removed when the outcome is stored', async () => {
    const target = makeTarget();
    await target.perform(makeWork('true'), makeLog());
    await target.forget('attempt-1');
    expect(existsSync(join(target.directory, 'attempt-1'))).toBe(false);
    await target.forget('attempt-1');
  });

  it('of unknown jobs are swept away unless something runs there', async () => {
    const target = makeTarget();
    for (const key of ['known', 'unknown']) await target.perform(makeWork('true', { key }), makeLog());
    const log = makeLog();
    const running = target.perform(makeWork('echo begun; sleep 600', { key: 'running' }), log);
    await vi.waitFor(() => expect(log.text).toBe('begun\n'), patience);
    expect(await target.sweep(new Set(['known']))).toEqual([]);
    expect(['known', 'unknown', 'running'].map((key) => existsSync(join(target.directory, key)))).toEqual([
      true,
      false,
      true,
    ]);
    log.cancelling.abort();
    await running;
  });

  it('that do not exist yet are nothing to sweep', async () => {
    expect(await makeTarget({ directory: join(makeDirectory(), 'later') }).sweep(new Set())).toEqual([]);
  });
});

describe.each<[string, ProcessTable]>([
  ['ps', psTable],
  ['/proc', procTable],
])('the process table by %s', (name, table) => {
  const isUnsupported = name === '/proc' && processTable !== procTable;

  it.skipIf(isUnsupported)('knows a process, its group, and what is not there', async () => {
    expect(await table.read(process.pid)).toMatchObject({
      pid: process.pid,
      parent: process.ppid,
      zombie: false,
    });
    expect(await table.read(2 ** 30)).toBeUndefined();
    expect((await table.list()).map(({ pid }) => pid)).toContain(process.pid);
    expect(await table.readBootId()).toBe(await table.readBootId());
  });

  it.skipIf(isUnsupported)('is enough to start, adopt and end a job', async () => {
    const target = makeTarget({ processes: table, graceMs: 100 });
    expect(await target.perform(makeWork('true', { key: 'short' }), makeLog())).toEqual(passed);
    const log = makeLog();
    const first = target.perform(makeWork('echo begun; sleep 600'), log);
    await vi.waitFor(() => expect(log.text).toBe('begun\n'), patience);
    log.detaching.abort(new Error('the server goes away'));
    await expect(first).rejects.toThrow('the server goes away');
    const next = makeLog(6);
    const second = target.perform(makeWork('echo begun; sleep 600'), next);
    next.cancelling.abort();
    expect(await second).toMatchObject({ status: 'failed', message: 'the job was cancelled' });
  });
});
