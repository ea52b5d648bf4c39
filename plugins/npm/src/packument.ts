import { PluginError } from '@sluice/plugin-sdk';

/**
 * A package's document as a registry serves it, checked as far as the whole depends on it; single versions
 * may still be anything.
 */
export interface Packument {
  readonly name: string;
  /** By version; empty only for a package that was unpublished. */
  readonly versions: ReadonlyMap<string, unknown>;
  /** Versions by dist-tag. */
  readonly tags: ReadonlyMap<string, string>;
  /** When versions were published, as the registry writes it; absent in the abbreviated form. */
  readonly times: ReadonlyMap<string, unknown>;
}

/**
 * Reads a package's document, full or abbreviated
 * (https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md).
 *
 * Throws `MALFORMED` for what is not the document of that package, or names no versions without saying that
 * it was unpublished: that is a broken registry, and must not read as a package whose versions are all gone.
 */
export function readPackument(document: unknown, name: string): Packument {
  if (!isRecord(document)) throw malformed(name, 'is no JSON object');
  if (document['name'] !== name) throw malformed(name, `is about ${JSON.stringify(document['name'])}`);
  const versions = toMap(document['versions']);
  const times = toMap(document['time']);
  if (versions.size === 0 && !isRecord(times.get('unpublished'))) {
    throw malformed(name, 'names no versions, nor says that the package was unpublished');
  }
  return { name, versions, times, tags: new Map(readTags(document['dist-tags'])) };
}

/** Whether a value is an object with named members. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A map, since a version may be called `__proto__` or `constructor`. */
function toMap(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(isRecord(value) ? Object.entries(value) : []);
}

function* readTags(value: unknown): Generator<[string, string]> {
  for (const [tag, version] of toMap(value)) if (typeof version === 'string') yield [tag, version];
}

function malformed(name: string, what: string): PluginError {
  return new PluginError(
    'MALFORMED',
    `the registry's answer for "${name}" ${what}; check that "url" is the address of an npm registry`,
  );
}
