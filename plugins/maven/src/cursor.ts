import { isAlgorithm } from './checksums.ts';
import type { KnownDocument } from './document.ts';

/** What is known of a snapshot from the last poll. */
export interface KnownSnapshot {
  /** Its metadata, where it has any. */
  readonly document?: KnownDocument;
  /** The build that the file was, where each replaces the one before. */
  readonly replaced?: string;
}

/** What is known of an artifact from the last poll. */
export interface KnownArtifact {
  readonly metadata: KnownDocument;
  /** By version, `1.2-SNAPSHOT`: all that are selected. */
  readonly snapshots: ReadonlyMap<string, KnownSnapshot>;
  /**
   * The revisions that were told, so that those that are gone can be named; none where they are not told one
   * by one.
   */
  readonly told: readonly string[];
}

/** Core takes 4 KiB. */
const longest = 4000;

/**
 * Writes what is known; without what was told, or not at all, where it would be too long: then everything is
 * asked for anew.
 */
export function writeCursor(known: KnownArtifact): string | undefined {
  const { metadata, snapshots, told } = known;
  const brief = { m: metadata, ...(snapshots.size > 0 && { s: Object.fromEntries(snapshots) }) };
  const texts = [JSON.stringify({ ...brief, ...(told.length > 0 && { t: told }) }), JSON.stringify(brief)];
  return texts.find((text) => text.length <= longest);
}

/** What a cursor says; `undefined` for none, or none of ours. */
export function readCursor(cursor: string | undefined): KnownArtifact | undefined {
  const raw = parse(cursor ?? '');
  if (!isRecord(raw) || !isDocument(raw['m'])) return undefined;
  const snapshots = isRecord(raw['s'])
    ? Object.entries(raw['s']).map(([base, known]) => [base, readSnapshot(known)] as const)
    : [];
  const told = Array.isArray(raw['t']) ? raw['t'].filter((version) => typeof version === 'string') : [];
  return { metadata: raw['m'], snapshots: new Map(snapshots), told };
}

function readSnapshot(raw: unknown): KnownSnapshot {
  if (!isRecord(raw)) return {};
  const { document, replaced } = raw;
  return { ...(isDocument(document) && { document }), ...(typeof replaced === 'string' && { replaced }) };
}

function isDocument(value: unknown): value is KnownDocument {
  if (!isRecord(value)) return false;
  const { hash, checksum, etag, lastModified } = value;
  const isTextOrNone = (one: unknown) => one === undefined || typeof one === 'string';
  return (
    typeof hash === 'string' &&
    (checksum === 'none' || isAlgorithm(checksum)) &&
    isTextOrNone(etag) &&
    isTextOrNone(lastModified)
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
