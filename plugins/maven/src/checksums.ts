import { type Digests, PluginError } from '@sluice/plugin-sdk';
import type { Files } from './files.ts';
import type { RepositoryPath } from './layout.ts';
import { isPage } from './xml.ts';

/** The algorithms of checksum files, strongest first. */
export const algorithms = ['sha512', 'sha256', 'sha1', 'md5'] as const;

/** One of {@link algorithms}. */
export type Algorithm = (typeof algorithms)[number];

/** What a checksum file says. */
export interface Checksum {
  readonly algorithm: Algorithm;
  readonly hex: string;
}

const hexDigits = { sha512: 128, sha256: 64, sha1: 40, md5: 32 } as const satisfies Record<Algorithm, number>;
const largestFile = 4096;

/** Whether a value names an algorithm of checksum files. */
export function isAlgorithm(value: unknown): value is Algorithm {
  return algorithms.some((algorithm) => algorithm === value);
}

/**
 * The strongest checksum that a repository serves for a file; `first` names the one that it is known to
 * serve.
 */
export async function findChecksum(
  files: Files,
  path: RepositoryPath,
  first?: Algorithm,
): Promise<Checksum | undefined> {
  const order = first ? [first, ...algorithms.filter((algorithm) => algorithm !== first)] : algorithms;
  for (const algorithm of order) {
    const hex = await readChecksum(files, path, algorithm);
    if (hex !== undefined) return { algorithm, hex };
  }
  return undefined;
}

/** Every digest that a repository serves for a file. */
export async function readDigests(files: Files, path: RepositoryPath): Promise<Digests> {
  const read = async (algorithm: Algorithm) =>
    [algorithm, await readChecksum(files, path, algorithm)] as const;
  const digests: Record<string, string> = {};
  for (const [algorithm, hex] of await Promise.all(algorithms.map(read)))
    if (hex !== undefined) digests[algorithm] = hex;
  return digests;
}

/**
 * The digest in a checksum file, in lower case: `hex`, `hex  name`, `name: hex` or `NAME(name)= hex`,
 * whatever the white space. `undefined` for what is none.
 */
export function parseChecksum(text: string, algorithm: Algorithm): string | undefined {
  const before = /^\s*([0-9a-f]+)(?:\s|$)/i.exec(text)?.[1];
  const after = /[:=]\s*([0-9a-f][0-9a-f\s]*)$/i.exec(text)?.[1]?.replace(/\s+/g, '');
  return [before, after].find((hex) => hex?.length === hexDigits[algorithm])?.toLowerCase();
}

async function readChecksum(
  files: Files,
  path: RepositoryPath,
  algorithm: Algorithm,
): Promise<string | undefined> {
  const file = `${path}.${algorithm}`;
  const read = await files.read(file, { maxBytes: largestFile, fresh: true, orRefused: true });
  if (read.kind !== 'read') return undefined;
  const text = Buffer.from(read.bytes).toString('latin1');
  if (!isPage(text)) return parseChecksum(text, algorithm);
  const message = `${files.locate(file)} is an HTML page, perhaps a login page; check the URL, the credentials and the proxy`;
  throw new PluginError('MALFORMED', message);
}
