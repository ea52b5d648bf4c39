import { mapPackaging } from './packaging.ts';
import type { PackageSettings } from './settings.ts';
import { baseOf, parseBuild } from './snapshot.ts';

/**
 * Where in a repository something is: segments joined by slashes, percent-encoded, without a slash before
 * them.
 */
export type RepositoryPath = string;

/** A version's file. */
export interface ArtifactFile {
  /** `1.2`, or `1.2-SNAPSHOT` of its builds. */
  readonly base: string;
  /** `20260101.120000-3`, or only the time of a file that each build replaces. */
  readonly build: string | undefined;
  /** Whether each build replaces the file of the one before. */
  readonly replaced: boolean;
  readonly extension: string;
  readonly classifier: string | undefined;
  readonly path: RepositoryPath;
  readonly pom: RepositoryPath;
}

/** What names an artifact's files. */
type Artifact = Pick<PackageSettings, 'groupId' | 'artifactId' | 'packaging' | 'classifier'>;

const metadataFile = 'maven-metadata.xml';

/**
 * Where the metadata of an artifact is, or of one of its snapshots
 * (https://maven.apache.org/repositories/layout.html).
 */
export function locateMetadata(artifact: Artifact, base?: string): RepositoryPath {
  return toPath(folderOf(artifact), ...(base === undefined ? [] : [base]), metadataFile);
}

/** Where the file of a version is. `undefined` for a version that no file name can hold. */
export function locateArtifact(artifact: Artifact, version: string): ArtifactFile | undefined {
  if (/[/\\\p{Cc}]/u.test(version) || /^\.{0,2}$/.test(version) || !version.isWellFormed()) return undefined;
  const build = parseBuild(version);
  const base = baseOf(version);
  const replaced = build?.number === '';
  const { extension, classifier } = nameFile(artifact);
  const name = `${artifact.artifactId}-${replaced ? base : version}`;
  return {
    base,
    build: build && (replaced ? build.timestamp : `${build.timestamp}-${build.number}`),
    replaced,
    extension,
    classifier,
    path: toPath(
      folderOf(artifact),
      base,
      `${name}${classifier === undefined ? '' : `-${classifier}`}.${extension}`,
    ),
    pom: toPath(folderOf(artifact), base, `${name}.pom`),
  };
}

/**
 * The extension and classifier of an artifact's files; the classifier that is configured goes before the one
 * that the packaging implies.
 */
export function nameFile({ packaging, classifier }: Artifact): {
  readonly extension: string;
  readonly classifier: string | undefined;
} {
  const implied = mapPackaging(packaging);
  return { extension: implied.extension, classifier: classifier ?? implied.classifier };
}

function folderOf({ groupId, artifactId }: Artifact): string {
  return `${groupId.replaceAll('.', '/')}/${artifactId}`;
}

function toPath(folder: string, ...names: readonly string[]): RepositoryPath {
  return [folder, ...names.map(encodeURIComponent)].join('/');
}
