import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A PostgreSQL server of one's own, which may be treated badly. */
export interface Cluster {
  readonly url: string;
  /** Ends the server: `fast` cuts every connection and shuts down in order, `immediate` is a crash. */
  halt(mode: 'fast' | 'immediate'): Promise<void>;
  start(): Promise<void>;
  /**
   * Every process of the server stands still (SIGSTOP), or goes on (SIGCONT): the machine is there, and says
   * nothing.
   */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends the server and removes what it had. */
  stop(): void;
}

/** Starts a throw-away server from the machine's binaries; undefined where there are none. */
export async function startCluster(): Promise<Cluster | undefined> {
  const binaries = findBinaries();
  if (!binaries) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'sluice-postgres-'));
  const asPostgres = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
  const [program = '', ...first] = [...asPostgres, join(binaries, 'pg_ctl')];
  if (asPostgres.length > 0) await run('chown', ['postgres', directory]);
  const data = join(directory, 'data');
  const port = await findFreePort();
  const control = (...args: readonly string[]) => [...first, ...args, '-s', '-D', data];
  await run(program, [...control('init'), '-o', '--auth=trust --username=postgres']);
  const start = async () => {
    const options = `-p ${port} -h 127.0.0.1 -k ${directory}`;
    await run(program, [...control('start', '-w'), '-l', join(directory, 'log'), '-o', options]);
  };
  const signal = (name: NodeJS.Signals) => {
    for (const pid of listProcesses(data)) process.kill(pid, name);
  };
  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    start,
    signal,
    halt: async (mode) => void (await run(program, control('stop', '-w', '-m', mode))),
    stop() {
      if (existsSync(join(data, 'postmaster.pid'))) {
        signal('SIGCONT');
        execFileSync(program, control('stop', '-m', 'immediate'));
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The server that keeps its data there, and its children. */
function listProcesses(data: string): readonly number[] {
  const main = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const children = readFileSync(`/proc/${main}/task/${main}/children`, 'utf8');
  return [main, ...children.split(' ').filter(Boolean).map(Number)];
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a server that listens has a port');
  return address.port;
}

function findBinaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'pg_ctl')));
}
