import { statfs } from 'node:fs/promises';

/**
 * Understands how much room there is on the disk to begin something new: asked for by `look`, remembered in
 * between.
 */
export class Room {
  readonly #directory: string;
  #free = Number.POSITIVE_INFINITY;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Looks now, and answers the bytes that this user may still write. Throws what the file system throws. */
  async look(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#directory);
    this.#free = bavail * bsize;
    return this.#free;
  }

  /** Whether there was room when it looked last; `minFree` in bytes. */
  isEnough(minFree: number): boolean {
    return this.#free >= minFree;
  }
}
