import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepChild } from './keep-child.ts';
import { patienceMs, until } from './until.ts';

const bin = join(import.meta.dirname, '../../core/bin/sluice.js');

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs on. */
export interface Running {
  /** What it has printed on standard output. */
  output(): string;
  readonly ended: Promise<Ended>;
}

/** A folder with a sluice.yaml, and the real program run in it. */
export interface Workplace {
  readonly directory: string;
  configure(yaml: string): Promise<void>;
  /** Runs a command of the command line to its end. */
  sluice(...args: readonly string[]): Promise<Ended>;
  /** Starts a command of the command line. */
  begin(...args: readonly string[]): Running;
  /** The same as `sluice`, with something on its standard input. */
  feed(input: string, ...args: readonly string[]): Promise<Ended>;
  /** Starts the server, and waits for nothing. */
  start(): Started;
  /** Starts the server, and waits until it says where to look, {@link patienceMs} unless told otherwise. */
  serve(limitMs?: number): Promise<Server>;
  /** Makes a file in the folder. */
  write(file: string, text?: string): Promise<void>;
  /** The lines of a file in the folder; none where it does not exist. */
  lines(file: string): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** A server that was started, and may not be ready. */
export interface Started {
  readonly process: ChildProcess;
  /** What it has printed. */
  output(): string;
}

/** A server that runs. */
export interface Server extends Started {
  readonly url: string;
  /** Waits until it says anew where to look, and answers that. */
  next(): Promise<{ readonly url: string }>;
  get(path: string): Promise<unknown>;
  post(path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Ends it with a signal, SIGTERM unless told otherwise, and waits for that. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Makes a workplace in a new folder. `environment` is added to what the program sees. */
export async function openWorkplace(environment: Readonly<Record<string, string>> = {}): Promise<Workplace> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-e2e-'));
  /** Whatever it is, ready or not. */
  const running = new Set<ChildProcess>();
  const start = (args: readonly string[]) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: directory,
      env: { PATH: process.env['PATH'], HOME: directory, ...environment },
      stdio: 'pipe',
    });
    keepChild(child);
    running.add(child);
    child.once('exit', () => running.delete(child));
    return child;
  };
  const begin = (input: string, args: readonly string[]): Running => {
    const child = start(args);
    child.stdin.end(input);
    const stdout = collect(child, 'stdout');
    const stderr = collect(child, 'stderr');
    const end = async () => {
      const [code] = await once(child, 'close');
      return { code, stdout: stdout(), stderr: stderr() };
    };
    return { output: stdout, ended: end() };
  };
  const feed = (input: string, ...args: readonly string[]): Promise<Ended> => begin(input, args).ended;
  return {
    directory,
    configure: (yaml) => writeFile(join(directory, 'sluice.yaml'), yaml),
    begin: (...args) => begin('', args),
    feed,
    sluice: (...args) => feed('', ...args),
    start() {
      const child = start(['serve']);
      const stdout = collect(child, 'stdout');
      const stderr = collect(child, 'stderr');
      return { process: child, output: () => stdout() + stderr() };
    },
    serve: (limitMs = patienceMs) => waitForServer(start(['serve']), limitMs),
    write: (file, text = '') => writeFile(join(directory, file), text),
    async lines(file) {
      const text = await readFile(join(directory, file), 'utf8').catch(() => '');
      return text.split('\n').filter((line) => line !== '');
    },
    async remove() {
      await Promise.all([...running].map((child) => end(child, 'SIGKILL')));
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function waitForServer(child: ChildProcess, limitMs: number): Promise<Server> {
  const stdout = collect(child, 'stdout');
  const stderr = collect(child, 'stderr');
  const output = () => stdout() + stderr();
  const url = await until(
    () => {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${output()}`);
      return /http:\/\/127\.0\.0\.1:\d+/.exec(stdout())?.[0];
    },
    { limitMs, describe: () => `a server's address in:\n${output()}` },
  );
  return {
    url,
    process: child,
    output,
    async next() {
      const addresses = () => [...stdout().matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].map(([found]) => found);
      const known = addresses().length;
      const found = await until(() => (addresses().length > known ? addresses().at(-1) : undefined), {
        limitMs,
        describe: () => `another address in:\n${output()}`,
      });
      return { url: found };
    },
    async get(path) {
      const answer = await fetch(url + path);
      if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    async post(path, body = {}) {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: answer.status, body: await answer.json() };
    },
    stop: (signal = 'SIGTERM') => end(child, signal),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

function collect(child: ChildProcess, stream: 'stdout' | 'stderr'): () => string {
  const chunks: string[] = [];
  child[stream]?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
}
