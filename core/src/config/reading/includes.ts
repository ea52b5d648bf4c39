import { glob } from 'node:fs/promises';
import { resolve } from 'node:path';

/** More files than this are taken for a mistake in a pattern. */
const maxFiles = 10_000;

/** The files that a pattern of `include:` names, absolute, sorted. Throws RangeError for more than 10,000. */
export async function findIncluded(pattern: string, directory: string): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const entry of glob(pattern, { cwd: directory, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    files.push(resolve(entry.parentPath, entry.name));
    if (files.length > maxFiles) throw new RangeError(`matches more than ${maxFiles} files`);
  }
  return files.sort();
}
