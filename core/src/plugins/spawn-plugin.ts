import { type ChildProcess, spawn } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { extname } from 'node:path';
import { Duplex, type Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { PluginLimits } from '../config/config.ts';
import type { FoundPlugin } from './find.ts';

/** A plugin's process with the streams to it. */
export interface SpawnedPlugin {
  readonly child: ChildProcess;
  readonly channel: Duplex;
  /** What the plugin prints. */
  readonly printed: readonly Readable[];
}

// Started by name: TypeScript in the repository, JavaScript in the package.
const entry = fileURLToPath(new URL(`./child/main${extname(import.meta.url)}`, import.meta.url));

/**
 * What Node itself must know of this machine, and reads from the environment alone: whom it trusts, and where
 * compiled code is kept.
 */
function nodeEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: ca } = process.env;
  const cache = getCompileCacheDir();
  return {
    ...(ca !== undefined && { NODE_EXTRA_CA_CERTS: ca }),
    ...(cache !== undefined && { NODE_COMPILE_CACHE: cache }),
  };
}

/** Starts the process of a plugin: an environment without the server's, a bounded heap, in `directory`. */
export function spawnPlugin(
  { specifier, base, source }: FoundPlugin,
  { memoryBytes }: PluginLimits,
  directory: string,
): SpawnedPlugin {
  // The heap ends first, with its own words; the rest is for code, stacks and Buffers.
  const heapMegabytes = Math.max(16, Math.floor((memoryBytes * 0.75) / 1_048_576));
  // A quarter of Node's own: polls take as long, in 35 MB less (docs/benchmarks.md).
  const heap = [`--max-old-space-size=${heapMegabytes}`, '--max-semi-space-size=8'];
  const child = spawn(process.execPath, [...heap, entry, specifier, base, source], {
    cwd: directory,
    env: nodeEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const channel = child.stdio[3];
  if (!(channel instanceof Duplex)) throw new Error('a pipe to a new process is a duplex stream');
  guard(child);
  return { child, channel, printed: [child.stdout, child.stderr].filter((stream) => stream !== null) };
}

/**
 * Has a shell wait for the end of this server and then end the plugin's process: one that loops forever does
 * not see for itself that the server is gone. (A watching thread inside the process costs 19 MB each, the
 * shell less than 1.)
 */
function guard(child: ChildProcess): void {
  if (child.pid === undefined) return;
  const shell = spawn('/bin/sh', ['-c', 'read -r _; kill -9 "$1"', 'sh', String(child.pid)], {
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    // A session of its own, so that Ctrl-C does not end the guard before the guarded.
    detached: true,
  });
  // Without a shell there is no guard; a process that does not loop ends by itself when its channel closes.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  child.on('exit', () => shell.kill('SIGKILL'));
}
