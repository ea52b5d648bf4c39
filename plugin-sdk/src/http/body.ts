import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, type Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { PluginError } from '../errors.ts';
import { type Ask, showUrl } from './ask.ts';
import { describeFailure } from './failures.ts';

const decoders: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGunzip(decoding)],
  ['x-gzip', () => createGunzip(decoding)],
  ['deflate', () => createInflate(decoding)],
  ['br', () => createBrotliDecompress(decoding)],
  ['zstd', () => createZstdDecompress(decoding)],
]);
/** Zlib's own 16 KiB cost half as much again on large documents. */
const decoding = { chunkSize: 65_536 };

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
 * The body of an answer, decoded. It ends only if all of it came, is destroyed with `TOO_LARGE` beyond `maxBytes`, compressed
 * or decompressed, and with `MALFORMED` if it cannot be decoded; destroying it destroys `raw`.
 */
export function openBody(raw: Readable, reading: BodyReading): Readable {
  const { ask } = reading;
  const decoder = makeDecoder(reading);
  const explain = (error: Error | null) => error && (reading.ended() ?? describeFailure(error, ask.method, ask.url));
  const wire = new Transform({
    transform: limitBytes(ask, reading.count),
    ...(decoder ? {} : { destroy: (error, done) => done(explain(error)) }),
  });
  // The callback has nothing to add: the last stream carries the error.
  const ignore = () => {};
  if (!decoder) return pipeline(raw, wire, ignore);
  const plain = new Transform({ transform: limitBytes(ask, ignore), destroy: (error, done) => done(explain(error)) });
  return pipeline(raw, wire, decoder, plain, ignore);
}

/** A body that came whole, decoded. Throws as {@link openBody} does. */
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

/** Reads what little there may be of an unwanted body, so that the connection can be used again. Never throws. */
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

function makeDecoder(reading: BodyReading): Transform | undefined {
  const { ask, encoding } = reading;
  if (!isEncoded(ask, encoding)) return undefined;
  const make = decoders.get(encoding.trim().toLowerCase());
  if (make) return make();
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
