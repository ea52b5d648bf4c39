import type { Digests } from '@sluice/plugin-sdk';

const strongestFirst = ['sha512', 'sha384', 'sha256', 'sha224', 'sha1', 'md5'];

/** The strongest digest as `algorithm:hex`, or empty where there is none; algorithms that nobody knows come last, by name. */
export function strongestDigest(digests: Digests): string {
  const known = strongestFirst.find((algorithm) => digests[algorithm] !== undefined);
  const algorithm = known ?? Object.keys(digests).sort()[0];
  return algorithm === undefined ? '' : `${algorithm}:${digests[algorithm]}`;
}
