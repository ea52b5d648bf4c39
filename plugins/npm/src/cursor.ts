import { createHash } from 'node:crypto';
import type { HttpResponse } from '@sluice/plugin-sdk';
import type { Form } from './document.ts';
import { isRecord } from './packument.ts';

/** What is known of a package's document from the last poll. */
export interface KnownDocument {
  /** Where it came from: a validator says nothing of another address. */
  readonly url: string;
  readonly form: Form;
  readonly etag?: string;
  /** SHA-256 of the body, where the registry gave no ETag. */
  readonly sha256?: string;
}

// Core takes 4 KiB; an ETag is some 40 characters.
const longestEtag = 1024;

/**
 * Remembers a document. Last-Modified is no part of it: two publications may share its second, and the later
 * would be missed.
 */
export function makeCursor(url: string, form: Form, response: HttpResponse): string {
  const { etag } = response.validators;
  const known: KnownDocument =
    etag !== undefined && etag.length <= longestEtag
      ? { url, form, etag }
      : { url, form, sha256: hash(response.bytes()) };
  return JSON.stringify(known);
}

/**
 * What a cursor says of the document at that address; `undefined` for one of elsewhere, or no cursor of ours.
 */
export function readCursor(cursor: string | undefined, url: string): KnownDocument | undefined {
  if (cursor === undefined) return undefined;
  try {
    const known: unknown = JSON.parse(cursor);
    return isKnown(known) && known.url === url ? known : undefined;
  } catch {
    return undefined;
  }
}

function isKnown(value: unknown): value is KnownDocument {
  return isRecord(value) && (value['form'] === 'full' || value['form'] === 'abbreviated');
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url');
}
