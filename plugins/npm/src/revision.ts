import type { Revision } from '@sluice/plugin-sdk';
import { PackageURL } from 'packageurl-js';
import { readDist } from './dist.ts';
import { isRecord, type Packument } from './packument.ts';
import { makeTrackbackFinder, type Sources } from './trackback.ts';

/**
 * What a package's document tells of some of its versions. An entry that is damaged loses what is damaged,
 * never the version: the warning says what is missing.
 */
export function toRevisions(packument: Packument, versions: readonly string[]): readonly Revision[] {
  const findTrackback = makeTrackbackFinder();
  return versions.map((version) => toRevision(packument, version, findTrackback));
}

function toRevision(
  packument: Packument,
  version: string,
  findTrackback: (sources: Sources) => string | undefined,
): Revision {
  const known = { version, purl: toPurl(packument.name, version), ...readTime(packument.times.get(version)) };
  const entry = packument.versions.get(version);
  if (!isRecord(entry))
    return { ...known, ...joinWarnings(['the registry lists this version without describing it']) };
  const { facts, faults } = readDist(entry['dist']);
  const { standing, notice } = readDeprecation(entry['deprecated']);
  const trackbackUrl = findTrackback(entry);
  return {
    ...known,
    ...facts,
    ...readPublisher(entry['_npmUser']),
    ...readComment(entry['description']),
    ...(trackbackUrl !== undefined && { trackbackUrl }),
    standing,
    ...joinWarnings([...notice, ...faults]),
  };
}

function toPurl(name: string, version: string): string {
  const [base = name, scope] = name.split('/').reverse();
  return new PackageURL('npm', scope, base, version, undefined, undefined).toString();
}

function readTime(time: unknown): Pick<Revision, 'publishedAt'> {
  const publishedAt = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(publishedAt) ? {} : { publishedAt };
}

function readPublisher(user: unknown): Pick<Revision, 'publisher'> {
  const publisher = isRecord(user) ? user['name'] : undefined;
  return typeof publisher === 'string' && publisher !== '' ? { publisher } : {};
}

function readComment(description: unknown): Pick<Revision, 'comment'> {
  return typeof description === 'string' && description !== '' ? { comment: description } : {};
}

/** npm takes a deprecation back by making its message empty; some old packages say `false`. */
function readDeprecation(deprecated: unknown): {
  readonly standing: 'ok' | 'deprecated';
  readonly notice: readonly string[];
} {
  if (typeof deprecated === 'string' && deprecated !== '')
    return { standing: 'deprecated', notice: [deprecated] };
  return { standing: deprecated === true ? 'deprecated' : 'ok', notice: [] };
}

function joinWarnings(warnings: readonly string[]): Pick<Revision, 'warning'> {
  return warnings.length > 0 ? { warning: warnings.join('; ') } : {};
}
