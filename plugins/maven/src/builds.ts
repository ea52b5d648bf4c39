import type { KnownSnapshot } from './cursor.ts';
import { askDocument } from './document.ts';
import type { Files } from './files.ts';
import { locateArtifact, locateMetadata, nameFile } from './layout.ts';
import { readSnapshotMetadata, type SnapshotMetadata } from './metadata.ts';
import type { PackageSettings } from './settings.ts';
import { nameReplaced, parseBuild } from './snapshot.ts';

/** A snapshot's newest builds, as versions of revisions; `undefined` where they are the same as before. */
export interface AskedBuilds {
  readonly base: string;
  readonly builds: readonly string[] | undefined;
  readonly known: KnownSnapshot;
}

/** Asks for the newest builds of a snapshot that have the file of this packaging and classifier. */
export async function askBuilds(
  files: Files,
  settings: PackageSettings,
  base: string,
  known: KnownSnapshot | undefined,
): Promise<AskedBuilds> {
  const asked = await askDocument(files, locateMetadata(settings, base), known?.document);
  if (asked.kind === 'unchanged' && known) {
    return known.replaced === undefined ? { base, builds: undefined, known } : askReplaced(files, settings, base, known);
  }
  if (asked.kind !== 'read') return askReplaced(files, settings, base, { ...(known?.replaced && { replaced: known.replaced }) });
  const builds = listBuilds(readSnapshotMetadata(asked.bytes, base), settings, base);
  const document = { document: asked.known };
  return builds ? { base, builds, known: document } : askReplaced(files, settings, base, { ...known, ...document });
}

/** The builds that metadata names; `undefined` where each replaces the file of the one before. */
function listBuilds({ build, files }: SnapshotMetadata, settings: PackageSettings, base: string): readonly string[] | undefined {
  const { extension, classifier = '' } = nameFile(settings);
  if (files.length === 0 && build === undefined) return undefined;
  const matching = files.filter((file) => file.extension === extension && file.classifier === classifier);
  const versions = files.length === 0 ? [base.replace(/SNAPSHOT$/i, build ?? '')] : matching.map(({ version }) => version);
  if (versions.includes(base)) return undefined;
  return [...new Set(versions)].filter((version) => parseBuild(version)?.base.toLowerCase() === base.toLowerCase());
}

/** One file under the snapshot's own name: what tells its builds apart is when it was changed. */
async function askReplaced(files: Files, settings: PackageSettings, base: string, before: KnownSnapshot): Promise<AskedBuilds> {
  const artifact = locateArtifact(settings, base);
  const found = artifact && (await files.find(artifact.path));
  const { document } = before;
  const known = { ...(document && { document }) };
  if (!found) return { base, builds: [], known };
  const version = found.modifiedAt === undefined ? base : nameReplaced(base, found.modifiedAt);
  return { base, builds: version === before.replaced ? undefined : [version], known: { ...known, replaced: version } };
}
