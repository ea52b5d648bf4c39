import {
  type Call,
  isPluginError,
  PluginError,
  type PluginErrorCode,
  type Validators,
} from '@sluice/plugin-sdk';
import { formatChecksum, hasChecksum } from './checksum.ts';
import type { KnownRepository } from './cursor.ts';
import { type Mirrors, parseMetalink, parseMirrorlist, toBase } from './mirrors.ts';
import { parseRepomd, type Repomd } from './repomd.ts';
import type { RepositorySettings } from './settings.ts';
import { locateKey, verifySignature } from './signature.ts';
import { type Reading, readSmall } from './source.ts';

/** A repository as its repomd.xml tells it at one moment. */
export interface Snapshot {
  /** The directory that it was read from, with a slash at the end. */
  readonly base: string;
  /** Of repomd.xml. */
  readonly url: string;
  readonly validators: Validators | undefined;
  readonly repomd: Repomd;
  /** The cursor of packages that are read from it. */
  readonly primary: string;
}

/** Where a repository is, and what vouches for it. */
export interface Origin {
  readonly settings: RepositorySettings;
  /** What paths are relative to. */
  readonly directory: string;
}

type Asking = Reading & Pick<Call, 'log'>;

/** What another mirror may do better. */
const mirrorFaults: ReadonlySet<PluginErrorCode> = new Set<PluginErrorCode>([
  'UNREACHABLE',
  'TIMEOUT',
  'NOT_FOUND',
  'FORBIDDEN',
  'UNAUTHORIZED',
  'RATE_LIMITED',
  'MALFORMED',
  'UNTRUSTED',
  'TOO_LARGE',
]);

/** Where a repository may be read. Throws what keeps the list of mirrors from being read. */
export async function findMirrors(
  { url, mirrorlist, metalink }: RepositorySettings,
  reading: Reading,
): Promise<Mirrors> {
  const list = metalink ?? mirrorlist;
  if (list === undefined) {
    if (url === undefined)
      throw new PluginError(
        'CONFIG_INVALID',
        'say where the repository is, with "url", "mirrorlist" or "metalink"',
      );
    return { bases: [toBase(url)], checksums: [] };
  }
  const answer = await readSmall(list, reading);
  if (answer === 'unchanged')
    throw new PluginError(
      'MALFORMED',
      'the list of mirrors answered 304 to a request without conditions; check the server',
    );
  return metalink === undefined ? parseMirrorlist(answer.bytes) : parseMetalink(answer.bytes);
}

/**
 * Reads repomd.xml from the first mirror that has a good one; `unchanged` if it is the one that is known.
 * Throws the last mirror's error if none has: `UNTRUSTED` for a checksum or signature, else what reading it
 * does.
 */
export async function readSnapshot(
  mirrors: Mirrors,
  origin: Origin,
  asking: Asking,
  known?: KnownRepository,
): Promise<Snapshot | 'unchanged'> {
  let last: unknown;
  for (const base of mirrors.bases) {
    try {
      const snapshot = await readFrom(base, mirrors, origin, asking, known);
      if (mirrors.bases.length > 1) asking.log.info(`read repomd.xml from the mirror ${base}`);
      return snapshot;
    } catch (thrown) {
      if (!isPluginError(thrown) || !mirrorFaults.has(thrown.code)) throw thrown;
      if (mirrors.bases.length > 1) asking.log.warn(`the mirror ${base} is no good: ${thrown.message}`);
      last = thrown;
    }
  }
  throw last;
}

async function readFrom(
  base: string,
  { checksums }: Mirrors,
  { settings, directory }: Origin,
  asking: Asking,
  known?: KnownRepository,
): Promise<Snapshot | 'unchanged'> {
  const url = new URL('repodata/repomd.xml', base).href;
  const answer = await readSmall(url, asking, known?.url === url ? known.validators : undefined);
  if (answer === 'unchanged') return 'unchanged';
  const { bytes, validators } = answer;
  const repomd = parseRepomd(bytes);
  if (checksums.length > 0 && !checksums.some((checksum) => hasChecksum(bytes, checksum)))
    throw new PluginError(
      'UNTRUSTED',
      'repomd.xml does not have the checksum that the metalink tells; another mirror may, or wait for this one',
    );
  if (settings.gpgKey !== undefined)
    await verifySignature({ url, bytes }, locateKey(settings.gpgKey, directory), asking);
  return { base, url, validators, repomd, primary: formatChecksum(repomd.primary.checksum) };
}
