import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';

/**
 * Why a file that the configuration names is not read; the message, which follows its name, tells nothing of
 * what is in it.
 */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this user; give it the right to',
  EPERM: 'may not be read by this user; give it the right to',
  ELOOP: 'is a link that leads to itself',
  ENXIO: 'is a socket or a device, and no file',
};

/**
 * Reads an ordinary file of at most `most` bytes, at once. Throws {@link UnreadableFile} for what is none,
 * such as a device, a pipe or a directory, and for files that the kernel makes up, such as those below /proc:
 * they hold more than they say. Waits for nobody.
 */
export function readRegularFile(path: string, most: number): Buffer {
  return explain(() => {
    // Else the opening of a pipe waits for a writer.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const size = requireRegular(fstatSync(file), most);
      const bytes = Buffer.alloc(size + 1);
      let read = 0;
      for (let more = -1; more !== 0 && read < bytes.length; read += more)
        more = readSync(file, bytes, read, bytes.length - read, read);
      if (read !== size)
        throw new UnreadableFile(
          'is no ordinary file, or changes while it is read; name a file that stays as it is',
        );
      return bytes.subarray(0, size);
    } finally {
      closeSync(file);
    }
  });
}

/** Throws {@link UnreadableFile} for what is no ordinary file of at most `most` bytes, without opening it. */
export function requireRegularFile(path: string, most: number): void {
  explain(() => requireRegular(statSync(path), most));
}

function requireRegular(stats: Stats, most: number): number {
  if (!stats.isFile()) throw new UnreadableFile(`is ${nameKind(stats)}, and no file`);
  if (stats.size <= most) return stats.size;
  throw new UnreadableFile(
    `is larger than ${most < 1024 ** 2 ? `${most / 1024} KB` : `${most / 1024 ** 2} MB`}`,
  );
}

function nameKind(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

function explain<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof UnreadableFile) throw thrown;
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    throw new UnreadableFile(reasons[code] ?? `cannot be read${code === '' ? '' : `: ${code}`}`, {
      cause: thrown,
    });
  }
}
