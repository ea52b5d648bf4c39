import type { Revision } from '@sluice/plugin-sdk';
import { readDigests } from './digests.ts';
import { isRecord } from './packument.ts';

/** What a version's `dist` tells, and in words what it fails to tell. */
export interface ReadDist {
  readonly facts: Pick<Revision, 'digests' | 'location' | 'data'>;
  readonly faults: readonly string[];
}

/**
 * Reads where a version's tarball is and which digests it has. The datum `INTEGRITY` is the strongest of them
 * as npm writes it.
 *
 * The tarball's address is taken as it is, on whichever host; one that is no absolute http(s) URL, or holds
 * credentials, is not.
 */
export function readDist(dist: unknown): ReadDist {
  if (!isRecord(dist)) return { facts: {}, faults: ['the registry tells neither tarball nor digest'] };
  const { digests, faults } = readDigests(dist);
  const location = isLocation(dist['tarball']) ? dist['tarball'] : undefined;
  const [strongest] = Object.entries(digests);
  return {
    facts: {
      ...(strongest && { digests, data: { INTEGRITY: toIntegrity(...strongest) } }),
      ...(location !== undefined && { location }),
    },
    faults: [
      ...faults,
      ...(strongest ? [] : ['the registry tells no usable digest']),
      ...(location === undefined ? ['the registry tells no usable address of the tarball'] : []),
    ],
  };
}

function toIntegrity(algorithm: string, hex: string): string {
  return `${algorithm}-${Buffer.from(hex, 'hex').toString('base64')}`;
}

function isLocation(tarball: unknown): tarball is string {
  const url = typeof tarball === 'string' ? URL.parse(tarball) : null;
  return (
    (url?.protocol === 'https:' || url?.protocol === 'http:') && url.username === '' && url.password === ''
  );
}
