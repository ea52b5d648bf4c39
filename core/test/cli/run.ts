import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { createTerminal } from '../../src/cli/terminal.ts';
import { Interpolator } from '../../src/config/interpolator.ts';
import { Masker } from '../../src/config/masker.ts';
import { findBundled } from '../../src/plugins/find.ts';
import { createPluginHost } from '../../src/plugins/host.ts';
import { isCron } from '../../src/polling/schedule.ts';

/** What a command left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a command. */
export interface RunOptions {
  readonly directory?: string;
  readonly stdin?: Iterable<string> | AsyncIterable<string>;
  /** The plugins that come with Sluice are there too: three more processes to start. */
  readonly isBundled?: boolean;
  /** Somebody watches standard error. */
  readonly isTerminal?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** Is told every piece of standard output. */
  readonly onOutput?: (text: string) => void;
}

/** The path of a plugin that needs no server. */
export const shelf = fileURLToPath(new URL('./fixtures/shelf.ts', import.meta.url));

/** Runs `sluice` in this process, with real plugins in processes of their own. */
export async function runSluice(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const {
    directory = tmpdir(),
    stdin = [],
    isBundled = false,
    isTerminal = false,
    environment = {},
    onOutput,
  } = options;
  const written = { stdout: '', stderr: '' };
  const collect = (name: 'stdout' | 'stderr') =>
    new Writable({
      write: (chunk, _, done) => {
        written[name] += String(chunk);
        if (name === 'stdout') onOutput?.(String(chunk));
        done();
      },
    });
  const masker = new Masker();
  const interpolator = new Interpolator({ directory, environment, masker });
  const code = await runCli(args, {
    ...createTerminal({
      stdout: collect('stdout'),
      stderr: Object.assign(collect('stderr'), { isTTY: isTerminal }),
      masker,
    }),
    environment,
    directory,
    stdin: Readable.from(stdin, { objectMode: false }),
    masker,
    isCron,
    signal: new AbortController().signal,
    interruptibly: (work) => work(),
    openHost: async ({ pluginLimits, plugins, ...sources }) =>
      createPluginHost({
        ...sources,
        plugins: [...(isBundled ? await findBundled() : []), ...plugins],
        limits: pluginLimits,
        environment,
        mask: (text) => masker.mask(text),
        log: () => {},
        resolve: (template) => interpolator.resolve(template),
        learnSecret: (value) => masker.add(value),
      }),
  });
  return { code, ...written };
}

/** A directory with a sluice.yaml that names the shelf, removed after the test. */
export async function makeConfig(
  yaml: string,
): Promise<{ readonly directory: string; readonly file: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'sluice.yaml');
  await writeFile(file, `plugins: [${JSON.stringify(shelf)}]\n${yaml}`);
  return { directory, file };
}
