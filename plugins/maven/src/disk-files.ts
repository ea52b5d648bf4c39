import { access, constants, readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PluginError } from '@sluice/plugin-sdk';
import type { Files } from './files.ts';
import type { RepositoryPath } from './layout.ts';

/** The files of a repository that is a directory, at a file URL that ends with a slash. */
export function makeDiskFiles(base: string, signal: AbortSignal): Files {
  const locate = (path: RepositoryPath) => new URL(path, base).href;
  return {
    locate,
    async read(path, { maxBytes }) {
      signal.throwIfAborted();
      const file = toDiskPath(locate(path));
      const bytes = await orUndefined(readBounded(file, maxBytes, signal), file);
      return bytes ? { kind: 'read', bytes, validators: {} } : { kind: 'absent' };
    },
    async find(path) {
      signal.throwIfAborted();
      const file = toDiskPath(locate(path));
      const found = await orUndefined(stat(file), file);
      return found?.isFile() ? { modifiedAt: Math.floor(found.mtimeMs) } : undefined;
    },
    async check() {
      signal.throwIfAborted();
      const folder = toDiskPath(base);
      const found = await orUndefined(stat(folder), folder);
      if (!found?.isDirectory())
        throw new PluginError('NOT_FOUND', `there is no directory ${folder}; check "url"`);
      await orUndefined(access(folder, constants.R_OK | constants.X_OK), folder);
      return undefined;
    },
  };
}

function toDiskPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new PluginError(
      'CONFIG_INVALID',
      `${url} is no file of this machine; write "url" as file:///path`,
      { cause },
    );
  }
}

async function readBounded(file: string, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const { size } = await stat(file);
  if (size > maxBytes) throw new PluginError('TOO_LARGE', `${file} has ${size} bytes, more than ${maxBytes}`);
  return readFile(file, { signal });
}

async function orUndefined<T>(asked: Promise<T>, file: string): Promise<T | undefined> {
  try {
    return await asked;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'EACCES' || code === 'EPERM')
      throw new PluginError('FORBIDDEN', `${file} may not be read; give the server's user the right to`);
    throw thrown;
  }
}
