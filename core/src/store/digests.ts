import type { Digests } from '@sluice/plugin-sdk';

const strongestFirst: readonly string[] = ['sha512', 'sha384', 'sha256', 'sha224', 'sha1', 'md5'];

/**
 * The strongest of a revision's digests as `algorithm:hex`, empty where there is none: how triggers, runs and
 * people name bytes.
 */
export function strongestDigest(digests: Digests | undefined): string {
  const names = Object.keys(digests ?? {}).sort();
  const name = strongestFirst.find((known) => names.includes(known)) ?? names[0];
  return name === undefined ? '' : `${name}:${digests?.[name]}`;
}
