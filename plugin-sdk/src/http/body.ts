import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, type Readable, Transform } from 'node:stream';
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import { PluginError } from '../errors.ts';
import { type Ask, showUrl } from './ask.ts';
import { describeFailure } from './failures.ts';

interface Decoder {
  stream(): Transform;
  /** At once; throws `ERR_BUFFER_TOO_LARGE` beyond so many bytes. */
  decode(body: Buffer, maxOutputLength: number): Buffer;
}

const gzip: Decoder = {
  stream: () => createGunzip(decoding),
  decode: (body, maxOutputLength) => gunzipSync(body, { ...decoding, maxOutputLength }),
};
const decoders: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  [
    'deflate',
    {
      stream: () => createInflate(decoding),
      decode: (body, maxOutputLength) => inflateSync(body, { ...decoding, maxOutputLength }),
    },
  ],
  [
    'br',
    {
      stream: () => createBrotliDecompress(decoding),
      decode: (body, maxOutputLength) => brotliDecompressSync(body, { ...decoding, maxOutputLength }),
    },
  ],
  [
    'zstd',
    {
      stream: () => createZstdDecompress(decoding),
      decode: (body, maxOutputLength) => zstdDecompressSync(body, { ...decoding, maxOutputLength }),
    },
  ],
]);
/** Zlib's own 16 KiB cost half as much again on large documents. */
const decoding = { chunkSize: 65_536 };
/**
 * The most bytes, as sent, that {@link decodeBody} is for: the streams around a small document cost more than
 * the document.
 */
export const atOnceBytes = 131_072;

/** The most of an unwanted body that is read so that the connection can be used again, in bytes. */
export const drainBytes = 65_536;

/** What a body is read with. */
export interface BodyReading {
  readonly ask: Ask;
  /** The `Content-Encoding` of the answer. */
  readonly encoding: string | undefined;
  /** Told how many bytes came over the wire. */
  count(bytes: number): void;
  /** Why the exchange was ended from outside, if it was: takes precedence over what the stream says. */
  ended(): Error | undefined;
}

/**
 * The body of an answer, decoded. It ends only if all of it came, is destroyed with `TOO_LARGE` beyond
 * `maxBytes`, compressed or decompressed, and with `MALFORMED` if it cannot be decoded; destroying it
 * destroys `raw`.
 */
export function openBody(raw: Readable, reading: BodyReading): Readable {
  const { ask } = reading;
  const decoder = findDecoder(reading)?.stream();
  const explain = (error: Error | null) =>
    error && (reading.ended() ?? describeFailure(error, ask.method, ask.url));
  const wire = new Transform({
    transform: limitBytes(ask, reading.count),
    ...(decoder ? {} : { destroy: (error, done) => done(explain(error)) }),
  });
  // The callback has nothing to add: the last stream carries the error.
  const ignore = () => {};
  if (!decoder) return pipeline(raw, wire, ignore);
  const plain = new Transform({
    transform: limitBytes(ask, ignore),
    destroy: (error, done) => done(explain(error)),
  });
  return pipeline(raw, wire, decoder, plain, ignore);
}

/** A body that is all here and small, decoded at once. Throws as {@link openBody} does. */
export function decodeBody(body: Buffer, reading: BodyReading): Buffer {
  const { ask, count } = reading;
  count(body.length);
  try {
    return findDecoder(reading)?.decode(body, ask.maxBytes) ?? body;
  } catch (thrown) {
    const isTooLarge =
      thrown instanceof RangeError && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge ? tooLarge(ask) : describeFailure(thrown, ask.method, ask.url);
  }
}

/** Everything that a body has to give. Throws as {@link openBody} does. */
export async function readBody(body: Readable): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync<Buffer>(body));
}

/** The error for a body beyond the limit. */
export function tooLarge({ method, url, maxBytes }: Ask): PluginError {
  return new PluginError(
    'TOO_LARGE',
    `${method} ${showUrl(url)} answered with more than ${maxBytes} bytes; check that the URL is a repository of this kind`,
  );
}

/** Whether the head of an answer says that its body is beyond the limit. */
export function declaresTooMuch({ maxBytes }: Ask, headers: IncomingHttpHeaders): boolean {
  return Number(headers['content-length'] ?? 0) > maxBytes;
}

/**
 * Reads what little there may be of an unwanted body, so that the connection can be used again. Never throws.
 */
export function drainBody(raw: Readable): Promise<void> {
  let left = drainBytes;
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) raw.destroy();
  });
  return new Promise((resolve) => {
    raw.once('end', resolve);
    raw.once('close', resolve);
  });
}

/** Whether {@link openBody} would decode something. */
export function isEncoded(ask: Ask, encoding: string | undefined): encoding is string {
  return ask.decompress && encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity';
}

function findDecoder(reading: BodyReading): Decoder | undefined {
  const { ask, encoding } = reading;
  if (!isEncoded(ask, encoding)) return undefined;
  const decoder = decoders.get(encoding.trim().toLowerCase());
  if (decoder) return decoder;
  throw new PluginError(
    'MALFORMED',
    `${ask.method} ${showUrl(ask.url)} answered in an encoding that was not asked for; check the server`,
  );
}

function limitBytes(ask: Ask, count: (bytes: number) => void): Transform['_transform'] {
  let left = ask.maxBytes;
  return (chunk: Buffer, _encoding, done) => {
    count(chunk.length);
    left -= chunk.length;
    if (left < 0) done(tooLarge(ask));
    else done(null, chunk);
  };
}
