import { PluginError } from '@sluice/plugin-sdk';
import { type Checksum, readChecksum } from './checksum.ts';
import { attributeOf } from './xml.ts';
import { childText, parseXml, type XmlElement } from './xml-tree.ts';

/** Where the primary metadata is, and what it must turn out to be. */
export interface PrimaryReference {
  readonly href: string;
  /** `xml:base` of the location, where it has one. */
  readonly base: string | undefined;
  /** Of the file as it is stored. */
  readonly checksum: Checksum;
  readonly size: number | undefined;
  /** Of what is in it. */
  readonly openChecksum: Checksum | undefined;
  readonly openSize: number | undefined;
}

/** What a repomd.xml tells. */
export interface Repomd {
  readonly primary: PrimaryReference;
  /** What createrepo counts up or takes from the clock; `undefined` where it is no number. */
  readonly revision: number | undefined;
  /** When the youngest of the metadata was made, in seconds since 1970; `undefined` where none says. */
  readonly timestamp: number | undefined;
}

/**
 * Reads a repomd.xml. Throws `MALFORMED` for what is none, and for one whose repository has its packages only
 * as SQLite or zchunk: the message says what to do.
 */
export function parseRepomd(bytes: Uint8Array): Repomd {
  const text = new TextDecoder().decode(bytes);
  if (/^\s*<(!doctype html|html)/i.test(text))
    throw malformed('is an HTML page, perhaps a login page; check the URL, the credentials and the proxy');
  const root = parseXml('repomd.xml', text);
  if (root.name !== 'repomd')
    throw malformed(
      `begins with <${root.tag.name.slice(0, 64)}>, not with <repomd>; check the URL of the repository`,
    );
  const data = root.children.filter(({ name }) => name === 'data');
  const times = data
    .map((one) => Number.parseFloat(childText(one, 'timestamp') ?? ''))
    .filter(Number.isFinite);
  const revision = childText(root, 'revision') ?? '';
  return {
    primary: readPrimary(data),
    revision: /^\d{1,15}$/.test(revision) ? Number(revision) : undefined,
    timestamp: times.length > 0 ? Math.max(...times) : undefined,
  };
}

function readPrimary(data: readonly XmlElement[]): PrimaryReference {
  const types = new Set(data.map(({ tag }) => attributeOf(tag, 'type') ?? ''));
  const primary = data.find(({ tag }) => attributeOf(tag, 'type') === 'primary');
  if (!primary) throw lacksPrimary(types);
  const location = primary.children.find(({ name }) => name === 'location');
  const href = location && attributeOf(location.tag, 'href');
  if (!href) throw malformed('does not say where its primary metadata is; have the metadata made again');
  if (href.endsWith('.zck')) throw lacksPrimary(new Set(['primary_zck']));
  const checksum = checksumOf(primary, 'checksum');
  if (!checksum)
    throw malformed(
      'tells no usable checksum of its primary metadata; have the metadata made with createrepo_c',
    );
  return {
    href,
    base: Object.values(location.tag.attributes).find(
      ({ prefix, local }) => prefix === 'xml' && local === 'base',
    )?.value,
    checksum,
    size: sizeOf(primary, 'size'),
    openChecksum: checksumOf(primary, 'open-checksum'),
    openSize: sizeOf(primary, 'open-size'),
  };
}

function lacksPrimary(types: ReadonlySet<string>): PluginError {
  if (types.has('primary_zck'))
    return malformed(
      'offers its packages only as zchunk, which is not read; have them written as XML too (createrepo_c without --zck-only)',
    );
  if (types.has('primary_db'))
    return malformed(
      'offers its packages only as SQLite, which is not read; have them written as XML too (createrepo_c does so by itself)',
    );
  return malformed('tells of no primary metadata; check that the URL is an rpm repository');
}

function checksumOf(data: XmlElement, name: string): Checksum | undefined {
  const element = data.children.find((child) => child.name === name);
  return element && readChecksum(attributeOf(element.tag, 'type'), element.text);
}

function sizeOf(data: XmlElement, name: string): number | undefined {
  const text = childText(data, name) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function malformed(what: string): PluginError {
  return new PluginError('MALFORMED', `repomd.xml ${what}`);
}
