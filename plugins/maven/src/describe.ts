import {
  type Description,
  isPluginError,
  PluginError,
  type Revision,
  toPluginError,
} from '@sluice/plugin-sdk';
import { readDigests } from './checksums.ts';
import { askConcurrently } from './concurrently.ts';
import type { Files } from './files.ts';
import { type ArtifactFile, locateArtifact, type RepositoryPath } from './layout.ts';
import { type PomFacts, readPom } from './pom.ts';
import { toRevision } from './revision.ts';
import type { PackageSettings } from './settings.ts';
import { nameReplaced } from './snapshot.ts';

const revisionsAtOnce = 8;
const largestPom = 2 * 1_048_576;

/**
 * Says of each revision whether its file is there, what its digests are, when it came, and what its POM
 * tells.
 */
export function describeRevisions(
  files: Files,
  settings: PackageSettings,
  revisions: readonly Revision[],
  signal: AbortSignal,
): Promise<readonly Description[]> {
  return askConcurrently(revisions, revisionsAtOnce, async (revision) => {
    try {
      return await describeRevision(files, settings, revision);
    } catch (thrown) {
      signal.throwIfAborted();
      return toPluginError(thrown);
    }
  });
}

async function describeRevision(
  files: Files,
  settings: PackageSettings,
  { version }: Revision,
): Promise<Description> {
  const artifact = locateArtifact(settings, version);
  if (!artifact)
    throw new PluginError('MALFORMED', `no file can have the version ${JSON.stringify(version)} in its name`);
  const found = await files.find(artifact.path);
  if (!found || !isStill(artifact, version, found.modifiedAt)) return 'absent';
  const [digests, pom] = await Promise.all([readDigests(files, artifact.path), askPom(files, artifact.pom)]);
  const hasDigest = Object.keys(digests).length > 0;
  const warnings = [...(hasDigest ? [] : ['the repository serves no checksum of this file']), ...pom.faults];
  return {
    ...toRevision(files, settings, version),
    ...pom.facts,
    ...(hasDigest && { digests }),
    ...(found.modifiedAt !== undefined && { publishedAt: found.modifiedAt }),
    ...(warnings.length > 0 && { warning: warnings.join('; ') }),
  };
}

/** A file that each build replaces is that of this build only while it has its time. */
function isStill({ replaced, base }: ArtifactFile, version: string, modifiedAt: number | undefined): boolean {
  return !replaced || (modifiedAt !== undefined && nameReplaced(base, modifiedAt) === version);
}

async function askPom(
  files: Files,
  path: RepositoryPath,
): Promise<{ readonly facts: PomFacts; readonly faults: readonly string[] }> {
  try {
    const read = await files.read(path, { maxBytes: largestPom, orRefused: true });
    return { facts: read.kind === 'read' ? readPom(read.bytes, 'its POM') : {}, faults: [] };
  } catch (thrown) {
    // A POM only describes; one that is damaged does not cost the version its record.
    if (isPluginError(thrown) && (thrown.code === 'MALFORMED' || thrown.code === 'TOO_LARGE'))
      return { facts: {}, faults: [thrown.message] };
    throw thrown;
  }
}
