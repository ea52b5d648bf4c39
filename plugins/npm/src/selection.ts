import { PluginError } from '@sluice/plugin-sdk';
import semver from 'semver';
import type { Packument } from './packument.ts';
import { anyVersion, type PackageSettings } from './settings.ts';

/**
 * What of a package is selected; with `current`, a dist-tag that is followed and the version it names now.
 */
export interface Selection {
  readonly versions: readonly string[];
  readonly current?: string;
}

/**
 * Selects versions by range, or the one that a dist-tag names. Nothing that can change (a deprecation) plays
 * a part.
 *
 * Throws `NOT_FOUND` for a tag that the package does not have, `MALFORMED` for one that names a version it
 * does not have.
 */
export function selectVersions(packument: Packument, settings: PackageSettings): Selection {
  if (settings.tag !== undefined) {
    const current = followTag(packument, settings.tag);
    return { versions: [current], current };
  }
  const selects = makeFilter(settings);
  return { versions: [...packument.versions.keys()].filter(selects) };
}

function makeFilter({ versions, prereleases }: PackageSettings): (version: string) => boolean {
  const range = new semver.Range(versions, { includePrerelease: prereleases });
  // Outside of semver there is no "in range": only the range that wants everything has these.
  const everything = versions === anyVersion;
  return (version) => {
    const parsed = semver.parse(version);
    return parsed ? range.test(parsed) : everything;
  };
}

function followTag({ name, tags, versions }: Packument, tag: string): string {
  const version = tags.get(tag);
  if (version === undefined) {
    const others = [...tags.keys()].slice(0, 20).map((other) => `"${other}"`);
    const choice = versions.size === 0 ? 'it was unpublished' : `it has ${others.join(', ') || 'none'}`;
    throw new PluginError('NOT_FOUND', `"${name}" has no dist-tag "${tag}": ${choice}`);
  }
  if (versions.has(version)) return version;
  throw new PluginError(
    'MALFORMED',
    `the dist-tag "${tag}" of "${name}" names ${version}, which the registry does not list`,
  );
}
