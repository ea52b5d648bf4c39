import { PluginError } from '@sluice/plugin-sdk';
import type { ArtifactMetadata } from './metadata.ts';
import type { PackageSettings } from './settings.ts';
import { baseOf, isSnapshot } from './snapshot.ts';
import { parseVersionRange } from './version-range.ts';

/** Which versions of an artifact are selected. */
export interface Selection {
  readonly releases: readonly string[];
  /** `1.2-SNAPSHOT`: their builds are told by metadata of their own. */
  readonly snapshots: readonly string[];
}

const prereleaseWords: ReadonlySet<string> = new Set([
  ...['alpha', 'beta', 'milestone', 'rc', 'cr'],
  ...['pre', 'preview', 'prerelease', 'dev', 'ea', 'eap', 'nightly', 'canary'],
]);
const beforeNumber: ReadonlySet<string> = new Set(['a', 'b', 'm']);

/**
 * Selects versions by range, or the one that the followed element names.
 *
 * Throws `NOT_FOUND` where the metadata has no such element, or it names a snapshot and none are wanted, and
 * `MALFORMED` where there is no list of versions.
 */
export function selectVersions(metadata: ArtifactMetadata, settings: PackageSettings): Selection {
  const wanted =
    settings.follow === undefined
      ? listSelected(metadata, settings)
      : [findFollowed(metadata, settings.follow, settings)];
  const snapshots = wanted.filter(isSnapshot);
  return {
    releases: wanted.filter((version) => !isSnapshot(version)),
    snapshots: settings.snapshots ? [...new Set(snapshots.map(baseOf))] : [],
  };
}

/**
 * Whether a version has a qualifier of what comes before a release: those that Maven knows, their short
 * forms, and common others.
 */
export function isPrerelease(version: string): boolean {
  const words = version.toLowerCase().matchAll(/([a-z]+)(\d)?/g);
  return words.some(
    ([, word = '', number]) => prereleaseWords.has(word) || (beforeNumber.has(word) && number !== undefined),
  );
}

function listSelected({ versions }: ArtifactMetadata, settings: PackageSettings): readonly string[] {
  if (versions === undefined) throw malformed(settings, 'lists no versions');
  const range = settings.versions === undefined ? undefined : parseVersionRange(settings.versions);
  return versions.filter((version) => {
    const base = baseOf(version);
    return (range?.contains(base) ?? true) && (settings.prereleases || !isPrerelease(base));
  });
}

function findFollowed(
  metadata: ArtifactMetadata,
  follow: 'release' | 'latest',
  settings: PackageSettings,
): string {
  const version = metadata[follow];
  const name = `the maven-metadata.xml of ${settings.groupId}:${settings.artifactId}`;
  if (version === undefined) {
    const hint = follow === 'latest' ? '; many repositories write only <release>' : '';
    throw new PluginError('NOT_FOUND', `${name} has no <${follow}> to follow${hint}`);
  }
  if (settings.snapshots || !isSnapshot(version)) return version;
  throw new PluginError(
    'NOT_FOUND',
    `<${follow}> of ${name} names ${version}; set "snapshots: true" to follow it there`,
  );
}

function malformed({ groupId, artifactId }: PackageSettings, what: string): PluginError {
  return new PluginError(
    'MALFORMED',
    `the maven-metadata.xml of ${groupId}:${artifactId} ${what}; check that "url" is a Maven repository`,
  );
}
