import { statfs } from 'node:fs/promises';

/** Understands whether there is room on the disk to begin something new: asked for by `look`, remembered in between. */
export class Room {
  readonly #directory: string;
  readonly #minFree: number;
  #free = Number.POSITIVE_INFINITY;

  /** `minFree` in bytes. */
  constructor(directory: string, minFree: number) {
    this.#directory = directory;
    this.#minFree = minFree;
  }

  /** Looks now, and answers the bytes that this user may still write. Throws what the file system throws. */
  async look(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#directory);
    this.#free = bavail * bsize;
    return this.#free;
  }

  isEnough(): boolean {
    return this.#free >= this.#minFree;
  }
}
