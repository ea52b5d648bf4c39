import bitIterator, { type ReadBits } from 'unbzip2-stream/lib/bit_iterator.js';
import bzip2 from 'unbzip2-stream/lib/bzip2.js';

const chunkBytes = 262_144;
const unitBytes = 100_000;
/** What a block may take beyond its size, compressed, with the headers around it. */
const slackBytes = 25_000;

/**
 * Decompresses bzip2, of one stream or several, a block at a time and no faster than it is read: the stream
 * of unbzip2-stream, whose decoder this is, decompresses all that it is given at once. Throws where the bytes
 * are no bzip2 or not whole.
 */
export async function* bunzip2(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = new Input(compressed);
  while (await input.fill(slackBytes)) {
    const size = bzip2.header(input.read) * unitBytes;
    const space = new Int32Array(size);
    for (let checksum: number | null = 0; checksum !== null; ) {
      await input.fill(size + slackBytes);
      const output = new Output();
      const before: number = checksum;
      checksum = bzip2.decompress(input.read, (byte) => output.write(byte), space, size, before);
      yield* output.chunks();
    }
  }
}

/** Understands how to take single bytes: a block may hold fifty times its size of one and the same. */
class Output {
  readonly #full: Buffer[] = [];
  #chunk = Buffer.allocUnsafe(chunkBytes);
  #length = 0;

  write(byte: number): void {
    if (this.#length === chunkBytes) {
      this.#full.push(this.#chunk);
      this.#chunk = Buffer.allocUnsafe(chunkBytes);
      this.#length = 0;
    }
    this.#chunk[this.#length++] = byte;
  }

  chunks(): readonly Buffer[] {
    return [...this.#full, this.#chunk.subarray(0, this.#length)];
  }
}

/** Understands how many compressed bytes are at hand for a decoder that cannot wait for more. */
class Input {
  readonly #source: AsyncIterator<Buffer>;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #ended = false;
  #read: ReadBits | undefined;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Reads the bits at hand. */
  get read(): ReadBits {
    this.#read ??= bitIterator(() => {
      const chunk = this.#chunks.shift();
      if (chunk) return chunk;
      throw new Error('it ends too early');
    });
    return this.#read;
  }

  /** Brings so many bytes to hand, or all there are; false if that is none. */
  async fill(count: number): Promise<boolean> {
    while (!this.#ended && this.#left < count) {
      const { done, value } = await this.#source.next();
      if (done) this.#ended = true;
      else if (value.length > 0) {
        this.#chunks.push(value);
        this.#bytes += value.length;
      }
    }
    return this.#left > 0;
  }

  get #left(): number {
    return this.#bytes - (this.#read?.bytesRead ?? 0);
  }
}
