import { readRegularFile } from './regular-file.ts';

/** The largest file of certificates, or of a key, that is read. */
export const maxPemBytes = 4 * 1024 ** 2;

/** The text of a file of certificates, or of a key, as it is now. Throws `UnreadableFile`. */
export function readPemFile(path: string): string {
  return readRegularFile(path, maxPemBytes).toString('utf8');
}
