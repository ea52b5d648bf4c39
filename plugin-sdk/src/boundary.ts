import { type Digests, type Revision, type RevisionFile, type Standing, standings } from './revision.ts';

/**
 * What {@link checkRevision} makes of a value: a revision that keeps every rule, or the first rule it breaks,
 * in words.
 */
export type CheckedRevision = { readonly revision: Revision } | { readonly refused: string };

/** What may differ between repositories. */
export interface BoundaryOptions {
  /**
   * Whether `file:` locations are allowed: only where the repository itself is one of files. Default true.
   */
  readonly files?: boolean;
}

const limits = { version: 255, name: 1024, text: 4096, digests: 16, files: 1000, dataBytes: 65_536 } as const;
const hexDigits: Readonly<Record<string, number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

// Format characters (Cf) hold the bidi controls and what is invisible; a lone surrogate (Cs) is no text to
// any database.
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{White_Space}]/u;
const unprintable = /[\p{Cc}\p{Bidi_Control}\p{Cs}]/u;
const strippedFromText = /[^\P{Cc}\n\t]|[\p{Bidi_Control}\p{Cs}]/gu;
const parentSegment = /(^|[/\\])\.\.([/\\]|$)/;
const absoluteUrl = /^(https?:\/\/[^/?#\\@]+|file:\/\/[^/?#\\@]*)([/?#]|$)/;
const purlShape = /^pkg:[a-z][a-z0-9.+-]*\/./i;

/**
 * Checks what a plugin says of one version, as everything from outside is checked: nothing unknown or
 * unbounded gets past here.
 *
 * A wrong version, location, digest, time, standing, file or datum refuses the revision. What only describes
 * does not cost the version its record: texts are stripped of control and bidi characters and cut to 4,096
 * characters, and a `trackbackUrl` that is no http(s) URL or a `purl` that is none is left out. Unknown
 * properties are dropped. Never throws.
 */
export function checkRevision(value: unknown, { files = true }: BoundaryOptions = {}): CheckedRevision {
  if (!isRecord(value)) return { refused: 'a revision is an object' };
  try {
    return { revision: readRevision(value, files) };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { refused: thrown.message };
    throw thrown;
  }
}

/** Which rule a version breaks, in words; `undefined` if it keeps them all. */
export function findVersionFault(version: unknown): string | undefined {
  if (typeof version !== 'string' || version === '') return 'version is not text, or empty';
  if (version.length > limits.version) return `version is longer than ${limits.version} characters`;
  if (unseen.test(version)) return 'version holds a control, bidi, invisible or white-space character';
  if (version.startsWith('-')) return 'version begins with a dash';
  if (parentSegment.test(version)) return 'version holds a ".." segment';
  return undefined;
}

/** Understands that a revision is not to be had, and why. */
class Refusal extends Error {}

function refuse(reason: string): never {
  throw new Refusal(reason);
}

function readRevision(raw: Readonly<Record<string, unknown>>, files: boolean): Revision {
  const read: { readonly [K in keyof Required<Revision>]: (value: unknown) => Revision[K] | undefined } = {
    version: readVersion,
    digests: readDigests,
    location: (location) => readLocation(location, files),
    publishedAt: readTime,
    publisher: (text) => readText('publisher', text),
    comment: (text) => readText('comment', text),
    trackbackUrl: (url) => (isUrl(url) && !url.startsWith('file:') ? url : undefined),
    purl: (purl) => (isBoundedText(purl) && purlShape.test(purl) ? purl : undefined),
    standing: readStanding,
    warning: (text) => readText('warning', text),
    files: (list) => readFiles(list, files),
    data: readData,
  };
  const version = readVersion(raw['version']);
  const rest: Partial<Revision> = Object.fromEntries(
    Object.entries(read)
      .filter(([name]) => raw[name] !== undefined)
      .map(([name, reader]) => [name, reader(raw[name])])
      .filter(([, value]) => value !== undefined),
  );
  return { ...rest, version };
}

function readVersion(version: unknown): string {
  const fault = findVersionFault(version);
  return typeof version === 'string' && fault === undefined
    ? version
    : refuse(fault ?? 'version is not text');
}

function readLocation(location: unknown, files: boolean): string {
  if (!isUrl(location))
    return refuse('location is not an absolute http, https or file URL without user info');
  if (!files && location.startsWith('file:')) return refuse('location is a file, and the repository is not');
  return location;
}

function readDigests(digests: unknown): Digests {
  if (!isRecord(digests)) return refuse('digests is not an object of algorithm to hexadecimal');
  const entries = Object.entries(digests);
  if (entries.length > limits.digests) return refuse(`digests has more than ${limits.digests} algorithms`);
  return toNullPrototype(entries.map(([algorithm, hex]) => [algorithm, readDigest(algorithm, hex)]));
}

function readDigest(algorithm: string, hex: unknown): string {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(algorithm))
    return refuse('digests has a name that is no lower-case algorithm name');
  if (typeof hex !== 'string' || !/^([0-9a-f]{2}){8,128}$/.test(hex))
    return refuse(`digests.${algorithm} is not lower-case hexadecimal`);
  const digits = hexDigits[algorithm];
  return digits === undefined || hex.length === digits
    ? hex
    : refuse(`digests.${algorithm} does not have ${digits} digits`);
}

function readTime(time: unknown): number {
  // Beyond this a Date is invalid, and printing it would throw.
  const isTime = typeof time === 'number' && Number.isInteger(time) && Math.abs(time) <= 8.64e15;
  return isTime ? time : refuse('publishedAt is not a whole number of milliseconds since 1970');
}

function readStanding(standing: unknown): Standing {
  return (
    standings.find((known) => known === standing) ?? refuse(`standing is none of ${standings.join(', ')}`)
  );
}

function readText(name: string, text: unknown): string {
  if (typeof text !== 'string') return refuse(`${name} is not text`);
  const fits = text.length <= limits.text;
  // Cut before stripping, so that half of a surrogate pair cut in two is stripped as well.
  const kept = text.slice(0, fits ? limits.text : limits.text - 1).replace(strippedFromText, '');
  return fits ? kept : `${kept}…`;
}

function readFiles(files: unknown, allowed: boolean): readonly RevisionFile[] {
  if (!Array.isArray(files)) return refuse('files is not a list');
  if (files.length > limits.files) return refuse(`files has more than ${limits.files} entries`);
  return files.map((file) => readFile(file, allowed));
}

function readFile(file: unknown, allowed: boolean): RevisionFile {
  if (!isRecord(file)) return refuse('files has an entry that is no object');
  const { name, location, digests, size } = file;
  if (
    typeof name !== 'string' ||
    name === '' ||
    name.length > limits.name ||
    unprintable.test(name) ||
    parentSegment.test(name)
  ) {
    return refuse(
      'files has a name that is empty, too long, or holds a control or bidi character or a ".." segment',
    );
  }
  if (size !== undefined && !isSize(size)) return refuse('files has a size that is no whole number of bytes');
  return {
    name,
    ...(location !== undefined && { location: readLocation(location, allowed) }),
    ...(digests !== undefined && { digests: readDigests(digests) }),
    ...(size !== undefined && { size }),
  };
}

function readData(data: unknown): Readonly<Record<string, string>> {
  if (!isRecord(data)) return refuse('data is not an object of text');
  let bytes = 0;
  const entries = Object.entries(data).map(([key, value]): readonly [string, string] => {
    if (!/^[A-Z][A-Z0-9_]*$/.test(key)) return refuse('data has a key that is not [A-Z][A-Z0-9_]*');
    // Neither an environment nor a database takes a NUL or half a character.
    if (typeof value !== 'string' || value.includes('\0') || !value.isWellFormed())
      return refuse(`data.${key.slice(0, 64)} is not text`);
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    return bytes <= limits.dataBytes ? [key, value] : refuse(`data is more than ${limits.dataBytes} bytes`);
  });
  return toNullPrototype(entries);
}

function toNullPrototype(entries: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isBoundedText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= limits.text && !unseen.test(value);
}

function isUrl(value: unknown): value is string {
  return isBoundedText(value) && absoluteUrl.test(value) && URL.canParse(value);
}
