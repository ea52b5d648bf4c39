import type { Digests } from '@sluice/plugin-sdk';
import ssri, { type IntegrityLike } from 'ssri';

/** Digests of a tarball, strongest first, and what was wrong with those that are left out. */
export interface ReadDigests {
  readonly digests: Digests;
  readonly faults: readonly string[];
}

/** Strongest first. */
const hexDigits: ReadonlyMap<string, number> = new Map([
  ['sha512', 128],
  ['sha384', 96],
  ['sha256', 64],
  ['sha1', 40],
  ['md5', 32],
]);

/**
 * The digests that a version's `dist` tells: `integrity` (https://www.w3.org/TR/SRI/), and `shasum` where
 * that has no SHA-1.
 *
 * Several hashes of one algorithm mean "any of these", which identifies nothing: that algorithm is left out.
 */
export function readDigests({
  integrity,
  shasum,
}: {
  readonly integrity?: unknown;
  readonly shasum?: unknown;
}): ReadDigests {
  const digests: Record<string, string> = {};
  const faults: string[] = [];
  const candidates = new Map(typeof integrity === 'string' ? findHashes(integrity) : []);
  if (typeof shasum === 'string' && !candidates.has('sha1')) candidates.set('sha1', [shasum.toLowerCase()]);
  for (const [algorithm, [hex = '', ...others]] of candidates) {
    if (others.length > 0) faults.push(`dist.integrity has several hashes for ${algorithm}`);
    else if (hex.length !== hexDigits.get(algorithm) || !/^[0-9a-f]+$/.test(hex))
      faults.push(`the ${algorithm} is malformed`);
    else digests[algorithm] = hex;
  }
  return { digests, faults };
}

function* findHashes(integrity: string): Generator<[algorithm: string, hexes: readonly string[]]> {
  // Null for text without a single hash, whatever its types say.
  const parsed: Partial<IntegrityLike> = ssri.parse(integrity) ?? {};
  for (const algorithm of hexDigits.keys()) {
    const hashes = Object.hasOwn(parsed, algorithm) ? parsed[algorithm] : undefined;
    if (hashes)
      yield [
        algorithm,
        [...new Set(hashes.map(({ digest }) => Buffer.from(digest, 'base64').toString('hex')))],
      ];
  }
}
