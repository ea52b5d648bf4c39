import { createHash } from 'node:crypto';
import { PluginError, type Validators } from '@sluice/plugin-sdk';
import { type Algorithm, type Checksum, findChecksum } from './checksums.ts';
import type { Files } from './files.ts';
import type { RepositoryPath } from './layout.ts';

/** What is known of a document from when it was read last. */
export interface KnownDocument extends Validators {
  /** The first 96 bits of its SHA-256, base64url: whether it is another one, where validators do not tell. */
  readonly hash: string;
  /** Which checksum of it is served, so that the others need not be asked for. */
  readonly checksum: Algorithm | 'none';
}

/** What came of asking for a document. */
export type AskedDocument =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'read'; readonly bytes: Uint8Array; readonly known: KnownDocument };

type Read = { readonly bytes: Uint8Array; readonly validators: Validators };

const largestDocument = 16 * 1_048_576;

/**
 * Asks for a document that may have changed, and for its checksum where it has. A mismatch is read again
 * once, since who deploys writes one after the other. Throws `UNTRUSTED` where they still do not match.
 */
export async function askDocument(
  files: Files,
  path: RepositoryPath,
  known?: KnownDocument,
): Promise<AskedDocument> {
  const asked = await files.read(path, {
    maxBytes: largestDocument,
    ...(known && { validators: pickValidators(known) }),
  });
  if (asked.kind !== 'read') return asked;
  const hash = hashOf(asked.bytes);
  if (known?.hash === hash)
    return isSame(known, asked.validators) ? { kind: 'unchanged' } : accept(asked, known.checksum);
  const checksum = await findServed(files, path, known);
  if (matches(asked, checksum)) return accept(asked, checksum?.algorithm ?? 'none');
  const again = await files.read(path, { maxBytes: largestDocument, fresh: true });
  if (again.kind !== 'read') return { kind: 'absent' };
  const checksumAgain = await findServed(files, path, known);
  if (matches(again, checksumAgain)) return accept(again, checksumAgain?.algorithm ?? 'none');
  const message = `${files.locate(path)} does not match its ${checksumAgain?.algorithm}, twice; see who changed one of them, or what lies between`;
  throw new PluginError('UNTRUSTED', message);
}

function pickValidators({ etag, lastModified }: KnownDocument): Validators {
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}

function isSame(known: KnownDocument, { etag, lastModified }: Validators): boolean {
  return known.etag === etag && known.lastModified === lastModified;
}

function accept({ bytes, validators }: Read, checksum: Algorithm | 'none'): AskedDocument {
  return { kind: 'read', bytes, known: { ...validators, hash: hashOf(bytes), checksum } };
}

async function findServed(
  files: Files,
  path: RepositoryPath,
  known: KnownDocument | undefined,
): Promise<Checksum | undefined> {
  if (known?.checksum === 'none') return undefined;
  return findChecksum(files, path, known?.checksum);
}

function matches({ bytes }: Read, checksum: Checksum | undefined): boolean {
  return (
    checksum === undefined || createHash(checksum.algorithm).update(bytes).digest('hex') === checksum.hex
  );
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest().subarray(0, 12).toString('base64url');
}
