import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A machine with an npm configuration of its own, for the real npm client and the plugin alike. */
export interface Machine extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  /** The project's directory, in which both run. */
  readonly directory: string;
  /**
   * Writes a file, by its path below the machine's root: `home/.npmrc`, `project/.npmrc`, `prefix/etc/npmrc`.
   */
  write(path: string, text: string): Promise<void>;
  /** Runs the real npm client; its standard output. */
  npm(...args: readonly string[]): Promise<string>;
}

/** Makes a machine in a temporary directory. `{root}` in the environment stands for that directory. */
export async function makeMachine(environment: Readonly<Record<string, string>> = {}): Promise<Machine> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-machine-'));
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text.replaceAll('{root}', root));
  };
  await write('home/.keep', '');
  await write('project/package.json', '{}');
  const given = Object.entries(environment).map(([name, value]) => [name, value.replaceAll('{root}', root)]);
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(root, 'home'),
    NPM_CONFIG_CACHE: join(root, 'cache'),
    NPM_CONFIG_UPDATE_NOTIFIER: 'false',
    ...Object.fromEntries(given),
  };
  const directory = join(root, 'project');
  return {
    environment: env,
    directory,
    write,
    async npm(...args) {
      const { stdout } = await run('npm', args, { cwd: directory, env });
      return stdout.trim();
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
