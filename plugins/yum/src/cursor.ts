import type { Validators } from '@sluice/plugin-sdk';

/** What is known of a repository from the last poll. */
export interface KnownRepository {
  /** Where repomd.xml came from: a validator says nothing of another address. */
  readonly url: string;
  readonly validators?: Validators | undefined;
  /** The cursor of packages that were read from this repomd.xml: the checksum of its primary metadata. */
  readonly primary: string;
  /** The highest seen. */
  readonly revision?: number | undefined;
  /** The highest seen. */
  readonly timestamp?: number | undefined;
}

// Core takes 4 KiB.
const longestValidator = 512;

/** Remembers a repository. */
export function writeCursor(known: KnownRepository): string {
  const { etag = '', lastModified = '' } = known.validators ?? {};
  const fits = etag.length <= longestValidator && lastModified.length <= longestValidator;
  return JSON.stringify({ ...known, validators: fits ? known.validators : undefined });
}

/** What a cursor says; `undefined` for none, or none of ours. */
export function readCursor(cursor: string | undefined): KnownRepository | undefined {
  if (cursor === undefined) return undefined;
  try {
    const known: unknown = JSON.parse(cursor);
    return isKnown(known) ? known : undefined;
  } catch {
    return undefined;
  }
}

function isKnown(value: unknown): value is KnownRepository {
  return (
    typeof value === 'object' &&
    value !== null &&
    'url' in value &&
    'primary' in value &&
    typeof value.primary === 'string'
  );
}
