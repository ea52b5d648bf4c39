import { resolve as resolvePath } from 'node:path';
import type { Config, Template } from '../config/config.ts';
import { Interpolator } from '../config/interpolator.ts';
import type { CliSurroundings } from './surroundings.ts';

const sqlite = 'sqlite:';

/**
 * The address of a configuration's store, filled in; a file is looked for from the configuration's directory.
 */
export function readStoreUrl({ store, directory }: Config, resolve: (template: Template) => string): string {
  const url = resolve(store);
  return url.startsWith(sqlite) ? `${sqlite}${resolvePath(directory, url.slice(sqlite.length))}` : url;
}

/** The same for a command, which learns the values that it fills in as secrets. */
export function findStoreUrl(config: Config, { environment, masker }: CliSurroundings): string {
  const interpolator = new Interpolator({ directory: config.directory, environment, masker });
  return readStoreUrl(config, (template) => interpolator.resolve(template));
}

/** The store's file, where it is one. */
export function toStoreFile(url: string): string | undefined {
  return url.startsWith(sqlite) ? url.slice(sqlite.length) : undefined;
}
