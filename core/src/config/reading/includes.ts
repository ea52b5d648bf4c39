import type { Dirent } from 'node:fs';
import { glob } from 'node:fs/promises';
import { resolve } from 'node:path';

/** How far a pattern is followed; more is taken for a mistake in it. */
export interface IncludeBounds {
  readonly files: number;
  /** Directories looked into. */
  readonly directories: number;
  /** Milliseconds. */
  readonly timeMs: number;
}

const usual: IncludeBounds = { files: 10_000, directories: 10_000, timeMs: 10_000 };

/**
 * The files that a pattern of `include:` names, absolute, sorted. Throws RangeError for a pattern that leads
 * too far, and the signal's reason.
 */
export async function findIncluded(
  pattern: string,
  directory: string,
  signal: AbortSignal,
  bounds = usual,
): Promise<readonly string[]> {
  const files: string[] = [];
  const deadline = performance.now() + bounds.timeMs;
  let directories = 0;
  const exclude = (entry: Dirent): boolean => {
    signal.throwIfAborted();
    if (entry.isDirectory()) directories++;
    if (directories > bounds.directories)
      throw new RangeError(`leads through more than ${bounds.directories} directories; narrow it`);
    if (performance.now() > deadline)
      throw new RangeError(`takes more than ${bounds.timeMs / 1000} seconds to follow; narrow it`);
    return false;
  };
  for await (const entry of glob(pattern, { cwd: directory, withFileTypes: true, exclude })) {
    if (entry.isDirectory()) continue;
    files.push(resolve(entry.parentPath, entry.name));
    if (files.length > bounds.files)
      throw new RangeError(`matches more than ${bounds.files} files; narrow it`);
  }
  return files.sort();
}
