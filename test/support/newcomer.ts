import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Ended } from './sluice.ts';
import { until } from './until.ts';

const root = join(import.meta.dirname, '../..');

/** Somebody in a fresh clone of this repository, whose npm has installed it, at a shell of his own. */
export interface Newcomer {
  readonly directory: string;
  /** Writes sluice.yaml. The port is any that is free, since this machine may have a server already. */
  configure(yaml: string): Promise<void>;
  /** Types a line, and waits for its end. */
  type(line: string, environment?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Types a line that runs on, and answers the address that it prints. */
  begin(line: string): Promise<string>;
  /** Ends what runs on, and removes the folder. */
  leave(): Promise<void>;
}

/** The machine's own environment: without what npm adds for the scripts of this repository. */
export const ownPath: string = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(delimiter);

/** Lets somebody sit down whose npm is configured for a registry. */
export async function seatNewcomer(registry: string): Promise<Newcomer> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-newcomer-'));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  await copyFile(join(root, 'package.json'), join(directory, 'package.json'));
  await writeFile(join(directory, '.npmrc'), `registry=${registry}\nupdate-notifier=false\n`);
  const running: ChildProcess[] = [];
  const start = (line: string, environment: Readonly<Record<string, string>> = {}) => {
    const env = { PATH: ownPath, HOME: directory, ...environment };
    const child = spawn('sh', ['-c', line], {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.push(child);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
    return { child, output };
  };
  return {
    directory,
    configure: (yaml) => writeFile(join(directory, 'sluice.yaml'), `${yaml}\nserver: { port: 0 }\n`),
    async type(line, environment) {
      const { child, output } = start(line, environment);
      const [code] = await once(child, 'close');
      return { code, ...output };
    },
    async begin(line) {
      const { child, output } = start(line);
      const all = () => output.stdout + output.stderr;
      return until(
        () => {
          if (child.exitCode !== null) throw new Error(`"${line}" ended with ${child.exitCode}:\n${all()}`);
          return /look at (http:\/\/[\d.:]+)/.exec(all())?.[1];
        },
        { describe: () => `an address in:\n${all()}` },
      );
    },
    async leave() {
      await Promise.all(running.map(end));
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Ends a line with everything that it has started. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  process.kill(-child.pid, 'SIGTERM');
  await closed;
}
