import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readRegularFile } from '../config/regular-file.ts';

/** A plugin's module before it is loaded. */
export interface FoundPlugin {
  /** The package name or the absolute path. */
  readonly source: string;
  /** What to import: a package name or a file URL. */
  readonly specifier: string;
  /** Where the name is resolved from, a file URL. */
  readonly base: string;
  /** See {@link LoadedPlugin.version}. */
  readonly version: string;
}

/**
 * The names of the plugins that come with Sluice: what core depends on by the name `@sluice/plugin-*`, so
 * that core's code never names one.
 */
export async function findBundled(): Promise<readonly string[]> {
  const { dependencies } = await readPackage(findPackageJSON(import.meta.url));
  const names = typeof dependencies === 'object' && dependencies !== null ? Object.keys(dependencies) : [];
  return names.filter((name) => name.startsWith('@sluice/plugin-') && name !== '@sluice/plugin-sdk');
}

/**
 * Where a configured plugin is: an absolute path, or the name of an npm package installed in `directory` (the
 * configuration's), in a directory above it, or beside Sluice itself. Throws an `Error` that says what to do.
 */
export async function findPlugin(source: string, directory: string): Promise<FoundPlugin> {
  return isAbsolute(source) ? findFile(source) : findPackage(source, directory);
}

const mostBytes = 64 * 1024 ** 2;

function findFile(path: string): FoundPlugin {
  const text = readPlugin(path);
  const specifier = pathToFileURL(path).href;
  return {
    source: path,
    specifier,
    base: specifier,
    version: createHash('sha256').update(text).digest('hex').slice(0, 12),
  };
}

function readPlugin(path: string): Buffer {
  try {
    return readRegularFile(path, mostBytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'is not there';
    throw new Error(
      `${path} cannot be read, it ${why}: put the plugin there, or take it from the list of plugins`,
      { cause },
    );
  }
}

async function findPackage(name: string, directory: string): Promise<FoundPlugin> {
  for (const base of [pathToFileURL(`${directory}/`).href, import.meta.url]) {
    const path = locatePackage(name, base);
    if (path === undefined) continue;
    const { version } = await readPackage(path);
    return { source: name, specifier: name, base, version: String(version) };
  }
  throw new Error(`${name} is not installed: run npm install ${name} in ${directory}`);
}

function locatePackage(name: string, base: string): string | undefined {
  try {
    return findPackageJSON(name, base);
  } catch {
    return undefined;
  }
}

async function readPackage(path: string | undefined): Promise<Readonly<Record<string, unknown>>> {
  if (path === undefined) throw new Error('Sluice has no package.json of its own: install it again');
  return JSON.parse(await readFile(path, 'utf8'));
}
