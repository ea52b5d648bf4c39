/**
 * Understands how to keep bytes that go on for longer than a chunk, without copying them again for every
 * chunk.
 */
export class ByteBuffer {
  #space = Buffer.allocUnsafe(65_536);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What is kept, until the next change. */
  get bytes(): Buffer {
    return this.#space.subarray(0, this.#length);
  }

  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#space.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#space.length));
      larger.set(this.bytes);
      this.#space = larger;
    }
    this.#space.set(bytes, this.#length);
    this.#length = length;
  }

  /** Forgets the first so many bytes. */
  discard(count: number): void {
    this.#space.copyWithin(0, count, this.#length);
    this.#length -= count;
  }
}
