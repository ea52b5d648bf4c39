import { PluginError } from '@sluice/plugin-sdk';
import { findNodes, findTexts, parseXml } from './xml.ts';

/** What an artifact's `maven-metadata.xml` tells. */
export interface ArtifactMetadata {
  /**
   * Each once, in the order of the document; `undefined` where it has no list, which is another thing than an
   * empty one.
   */
  readonly versions: readonly string[] | undefined;
  readonly release: string | undefined;
  readonly latest: string | undefined;
}

/** A file of a snapshot's newest build. */
export interface SnapshotFile {
  readonly extension: string;
  /** Empty where there is none. */
  readonly classifier: string;
  /** The version in the file's name. */
  readonly version: string;
}

/** What a snapshot's own `maven-metadata.xml` tells. */
export interface SnapshotMetadata {
  /** `20260101.120000-3`; `undefined` where each build replaces the file of the one before. */
  readonly build: string | undefined;
  /** Empty in the older form, in which the build is that of every file. */
  readonly files: readonly SnapshotFile[];
}

/** Whose metadata is read. */
interface Coordinates {
  readonly groupId: string;
  readonly artifactId: string;
}

/**
 * Reads an artifact's metadata
 * (https://maven.apache.org/ref/3.8.7/maven-repository-metadata/repository-metadata.html); several
 * `versioning` elements count as one. Throws `MALFORMED` for what is none, or is another artifact's, and
 * `NOT_FOUND` for a group's: that lists plugins.
 */
export function readArtifactMetadata(
  bytes: Uint8Array,
  { groupId, artifactId }: Coordinates,
): ArtifactMetadata {
  const name = `${groupId}:${artifactId}`;
  const metadata = parseXml(bytes, 'metadata', `the maven-metadata.xml of ${name}`);
  const [told] = findTexts(metadata, 'artifactId');
  if (told !== undefined && told !== artifactId) {
    throw new PluginError(
      'MALFORMED',
      `the maven-metadata.xml of ${name} is about "${told}"; check that "url" is a Maven repository`,
    );
  }
  const versioning = findNodes(metadata, 'versioning');
  if (versioning.length === 0) throw explainMissing(name, findNodes(metadata, 'plugins').length > 0);
  const hasList = versioning.some((one) => findNodes(one, 'versions').length > 0);
  return {
    versions: hasList ? [...new Set(findTexts(metadata, 'versioning', 'versions', 'version'))] : undefined,
    release: findTexts(metadata, 'versioning', 'release').at(-1),
    latest: findTexts(metadata, 'versioning', 'latest').at(-1),
  };
}

/** Reads a snapshot's metadata. Throws `MALFORMED` for what is none. */
export function readSnapshotMetadata(bytes: Uint8Array, base: string): SnapshotMetadata {
  const metadata = parseXml(bytes, 'metadata', `the maven-metadata.xml of ${base}`);
  const [timestamp] = findTexts(metadata, 'versioning', 'snapshot', 'timestamp');
  const [number] = findTexts(metadata, 'versioning', 'snapshot', 'buildNumber');
  const isBuild = /^\d{8}\.\d{6}$/.test(timestamp ?? '') && /^\d+$/.test(number ?? '');
  return {
    build: isBuild ? `${timestamp}-${number}` : undefined,
    files: findNodes(metadata, 'versioning', 'snapshotVersions', 'snapshotVersion').flatMap((file) => {
      const [[extension], [classifier = ''], [version]] = [
        findTexts(file, 'extension'),
        findTexts(file, 'classifier'),
        findTexts(file, 'value'),
      ];
      return extension === undefined || version === undefined ? [] : { extension, classifier, version };
    }),
  };
}

function explainMissing(name: string, isGroup: boolean): PluginError {
  if (isGroup)
    return new PluginError(
      'NOT_FOUND',
      `${name} is a group of plugins, not an artifact: check "groupId" and "artifactId"`,
    );
  return new PluginError(
    'MALFORMED',
    `the maven-metadata.xml of ${name} has no <versioning>: it tells nothing of its versions`,
  );
}
