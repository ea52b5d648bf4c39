import { realpath } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

/** Where npm is installed, which says where its built-in and its global configuration are. */
export interface NpmInstallation {
  readonly npmPath: string;
  /** The node that npm would run on. */
  readonly execPath: string;
}

/**
 * Finds the npm that a shell with this search path would run; without one, where it would be beside our own
 * node.
 */
export async function findNpm(path = ''): Promise<NpmInstallation> {
  const execPath = (await findProgram('node', path)) ?? process.execPath;
  const npm = await findProgram('npm', path);
  // The program is bin/npm-cli.js in npm's own folder, behind a link.
  return {
    execPath,
    npmPath: npm ? dirname(dirname(npm)) : join(dirname(dirname(execPath)), 'lib/node_modules/npm'),
  };
}

async function findProgram(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const program = await realpath(join(folder, name)).catch(() => undefined);
    if (program !== undefined) return program;
  }
  return undefined;
}
