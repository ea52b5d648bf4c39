declare module 'unbzip2-stream/lib/bit_iterator.js' {
  /** Reads so many bits; null skips to the next byte. */
  export type ReadBits = ((count: number | null) => number) & { readonly bytesRead: number };
  const bitIterator: (nextBuffer: () => Uint8Array) => ReadBits;
  export default bitIterator;
}

declare module 'unbzip2-stream/lib/bzip2.js' {
  import type { ReadBits } from 'unbzip2-stream/lib/bit_iterator.js';

  const bzip2: {
    /** Reads a stream's header: the size of its blocks, in units of 100,000 bytes. */
    header(read: ReadBits): number;
    /** Reads a block; answers the stream's checksum so far, or null if that was the end of the stream. */
    decompress(
      read: ReadBits,
      write: (byte: number) => void,
      space: Int32Array,
      size: number,
      checksum: number,
    ): number | null;
  };
  export default bzip2;
}
