import { createHash, getHashes } from 'node:crypto';
import { PluginError } from '@sluice/plugin-sdk';

/** A checksum as rpm metadata writes it. */
export interface Checksum {
  /** As Node's crypto and the contract call it: `sha256`. */
  readonly algorithm: string;
  /** Lower-case hexadecimal. */
  readonly hex: string;
}

const hexDigits: Readonly<Record<string, number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

/**
 * Reads a checksum element's type and text; `undefined` for one that cannot be told. Old metadata calls SHA-1
 * `sha`.
 */
export function readChecksum(type: string | undefined, text: string | undefined): Checksum | undefined {
  const lower = type?.toLowerCase().replace('-', '') ?? '';
  const algorithm = lower === 'sha' ? 'sha1' : lower;
  const hex = text?.trim().toLowerCase() ?? '';
  return /^[0-9a-f]+$/.test(hex) && hex.length === hexDigits[algorithm] ? { algorithm, hex } : undefined;
}

/** `sha256:0a1b...` */
export function formatChecksum({ algorithm, hex }: Checksum): string {
  return `${algorithm}:${hex}`;
}

/** Whether bytes have a checksum. */
export function hasChecksum(bytes: Uint8Array, { algorithm, hex }: Checksum): boolean {
  return createHash(algorithm).update(bytes).digest('hex') === hex;
}

/** What a stream of bytes must turn out to be. */
export interface Expected {
  readonly checksum: Checksum | undefined;
  /** In bytes. */
  readonly size: number | undefined;
}

/**
 * Passes bytes on while it counts and hashes them. Throws `UNTRUSTED`, at the end or as soon as it shows, if
 * they are not what is expected. `what` names them.
 */
export async function* verifyBytes(
  bytes: AsyncIterable<Buffer>,
  what: string,
  { checksum, size }: Expected,
): AsyncGenerator<Buffer> {
  const hash = checksum && openHash(checksum.algorithm);
  let count = 0;
  for await (const chunk of bytes) {
    count += chunk.length;
    if (size !== undefined && count > size) throw mismatch(`${what} has more than the ${size} bytes`);
    hash?.update(chunk);
    yield chunk;
  }
  if (size !== undefined && count < size) throw mismatch(`${what} has ${count} bytes, not the ${size}`);
  if (checksum && hash?.digest('hex') !== checksum.hex)
    throw mismatch(`${what} does not have the ${checksum.algorithm}`);
}

function openHash(algorithm: string): ReturnType<typeof createHash> {
  if (getHashes().includes(algorithm)) return createHash(algorithm);
  throw new PluginError(
    'UNTRUSTED',
    `${algorithm} checksums are switched off on this machine; have the metadata made with sha256`,
  );
}

function mismatch(what: string): PluginError {
  return new PluginError(
    'UNTRUSTED',
    `${what} that repomd.xml tells; if this lasts, have the metadata made again`,
  );
}
