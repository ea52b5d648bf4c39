import type { Revision } from '@sluice/plugin-sdk';
import { PackageURL } from 'packageurl-js';
import type { Files } from './files.ts';
import { type ArtifactFile, locateArtifact } from './layout.ts';
import type { PackageSettings } from './settings.ts';

/** What is known of a version without asking for its files. */
export function toRevision(files: Files, settings: PackageSettings, version: string): Revision {
  const artifact = locateArtifact(settings, version);
  if (!artifact) return { version, warning: 'no file can have this version in its name' };
  return {
    version,
    location: files.locate(artifact.path),
    purl: toPurl(settings, version, artifact),
    data: toData(settings, artifact),
  };
}

function toPurl(
  { groupId, artifactId }: PackageSettings,
  version: string,
  { extension, classifier }: ArtifactFile,
): string {
  const qualifiers = {
    ...(classifier !== undefined && { classifier }),
    ...(extension !== 'jar' && { type: extension }),
  };
  return new PackageURL('maven', groupId, artifactId, version, qualifiers, undefined).toString();
}

function toData(
  { groupId, artifactId, packaging }: PackageSettings,
  { base, build, classifier }: ArtifactFile,
) {
  return {
    GROUP_ID: groupId,
    ARTIFACT_ID: artifactId,
    VERSION: base,
    PACKAGING: packaging,
    ...(classifier !== undefined && { CLASSIFIER: classifier }),
    ...(build !== undefined && { BUILD: build }),
  };
}
