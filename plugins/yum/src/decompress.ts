import { pipeline, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { isPluginError, PluginError } from '@sluice/plugin-sdk';
import xz from 'xz-decompress';
import { bunzip2 } from './bunzip2.ts';

type Decompress = (compressed: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

interface Format {
  readonly name: string;
  readonly magic: Buffer;
  readonly ending: string;
  readonly decompress: Decompress;
}

// Zlib works on a thread of its own: it goes on for a few chunks while this one looks at the last. Its own 16
// KiB cost as much again as they hold.
const options = { chunkSize: 262_144, highWaterMark: 1_048_576 };

const formats: readonly Format[] = [
  {
    name: 'gzip',
    magic: Buffer.from('1f8b', 'hex'),
    ending: '.gz',
    decompress: (from) => through(from, createGunzip(options)),
  },
  {
    name: 'zstd',
    magic: Buffer.from('28b52ffd', 'hex'),
    ending: '.zst',
    decompress: (from) => through(from, createZstdDecompress(options)),
  },
  { name: 'xz', magic: Buffer.from('fd377a585a00', 'hex'), ending: '.xz', decompress: unxz },
  { name: 'bzip2', magic: Buffer.from('BZh'), ending: '.bz2', decompress: bunzip2 },
];
const longestMagic = 6;

/**
 * Decompresses a document: gzip (RFC 1952, several members too), zstd (RFC 8878), xz or bzip2, by its first
 * bytes; what has none of them passes as it is, unless its `name` promises otherwise. Throws `MALFORMED`
 * where it is damaged or not whole.
 */
export async function* decompress(compressed: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const { first, all } = await peek(compressed);
  const format = formats.find(({ magic }) => first.subarray(0, magic.length).equals(magic));
  const promised = formats.find(({ ending }) => name.endsWith(ending));
  if (!format && promised) throw damaged(name, `it is no ${promised.name}`);
  try {
    yield* format ? format.decompress(all) : all;
  } catch (thrown) {
    // An abort comes as the reason of the signal, whatever that is.
    if (isPluginError(thrown) || !(thrown instanceof Error) || thrown.name === 'AbortError') throw thrown;
    throw damaged(name, thrown.message, thrown);
  }
}

function damaged(name: string, why: string, cause?: unknown): PluginError {
  return new PluginError(
    'MALFORMED',
    `${name} cannot be decompressed: ${why}; if this lasts, have the metadata made again`,
    {
      cause,
    },
  );
}

function through(
  compressed: AsyncIterable<Buffer>,
  decoder: ReturnType<typeof createGunzip | typeof createZstdDecompress>,
) {
  // The callback has nothing to add: the decoder is destroyed with the error.
  return pipeline(Readable.from(compressed), decoder, () => {});
}

async function* unxz(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.toWeb(Readable.from(compressed));
  for await (const chunk of new xz.XzReadableStream(source))
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** The first bytes, and all of them. */
async function peek(
  bytes: AsyncIterable<Buffer>,
): Promise<{ readonly first: Buffer; readonly all: AsyncIterable<Buffer> }> {
  const rest = bytes[Symbol.asyncIterator]();
  let first: Buffer = Buffer.alloc(0);
  while (first.length < longestMagic) {
    const { done, value } = await rest.next();
    if (done) break;
    first = Buffer.concat([first, value]);
  }
  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield first;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    } finally {
      await rest.return?.();
    }
  }
  return { first, all: all() };
}
