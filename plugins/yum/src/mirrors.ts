import { PluginError } from '@sluice/plugin-sdk';
import { type Checksum, readChecksum } from './checksum.ts';
import { attributeOf } from './xml.ts';
import { parseXml, type XmlElement } from './xml-tree.ts';

/** Where a repository may be read. */
export interface Mirrors {
  /** URLs of directories that hold `repodata/`, with a slash at the end, the preferred first; never none. */
  readonly bases: readonly string[];
  /** If not empty: repomd.xml must have one of these. */
  readonly checksums: readonly Checksum[];
}

const mostMirrors = 100;
const repomdPath = 'repodata/repomd.xml';

/** A URL of a directory, with a slash at the end. */
export function toBase(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

/** Reads a list of mirrors: a URL a line, `#` before remarks. Throws `MALFORMED` if none is usable. */
export function parseMirrorlist(bytes: Uint8Array): Mirrors {
  const lines = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .map((line) => line.trim());
  return toMirrors('the mirror list', lines.filter((line) => !line.startsWith('#')).map(toBase), []);
}

/**
 * Reads a metalink of repomd.xml, of version 3 (http://www.metalinker.org/) or 4 (RFC 5854): its mirrors by
 * preference, and the checksums that it tells, those of older repomd.xml that are still good
 * (`mm0:alternates`) included. The strongest algorithm counts. Throws `MALFORMED` if no mirror is usable.
 */
export function parseMetalink(bytes: Uint8Array): Mirrors {
  const root = parseXml('the metalink', new TextDecoder().decode(bytes));
  const file = [...descend(root)].find(
    ({ name, tag }) => name === 'file' && attributeOf(tag, 'name') === 'repomd.xml',
  );
  if (!file) throw malformed('the metalink tells nothing of repomd.xml');
  const urls = [...descend(file)]
    .filter(({ name }) => name === 'url')
    .map((url, place) => ({ address: url.text, weight: readWeight(url), place }))
    .sort((a, b) => b.weight - a.weight || a.place - b.place);
  const bases = urls.flatMap(({ address }) =>
    address.endsWith(repomdPath) ? [address.slice(0, -repomdPath.length)] : [],
  );
  const versions = [file, ...[...descend(file)].filter(({ name }) => name === 'alternate')];
  return toMirrors('the metalink', bases, versions.flatMap(readStrongest));
}

function readWeight({ tag }: XmlElement): number {
  const priority = attributeOf(tag, 'priority');
  return priority === undefined ? Number(attributeOf(tag, 'preference') ?? 0) : -Number(priority);
}

function readStrongest(version: XmlElement): readonly Checksum[] {
  const holder = version.children.find(({ name }) => name === 'verification') ?? version;
  const checksums = holder.children
    .filter(({ name }) => name === 'hash')
    .flatMap(({ tag, text }) => readChecksum(attributeOf(tag, 'type'), text) ?? []);
  const strongest = Math.max(...checksums.map(({ hex }) => hex.length));
  return checksums.filter(({ hex }) => hex.length === strongest);
}

function* descend(element: XmlElement): Generator<XmlElement> {
  for (const child of element.children) {
    yield child;
    yield* descend(child);
  }
}

function toMirrors(what: string, bases: readonly string[], checksums: readonly Checksum[]): Mirrors {
  const usable = bases.filter((base) => /^https?:\/\//.test(base) && URL.canParse(base));
  if (usable.length === 0) throw malformed(`${what} names no http or https mirror`);
  return { bases: usable.slice(0, mostMirrors), checksums };
}

function malformed(what: string): PluginError {
  return new PluginError('MALFORMED', `${what}; check its URL`);
}
