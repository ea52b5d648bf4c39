import type { KnownSnapshot } from './cursor.ts';
import { askDocument } from './document.ts';
import type { Files } from './files.ts';
import { type ArtifactFile, locateArtifact, locateMetadata, nameFile } from './layout.ts';
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
  const artifact = locateArtifact(settings, base);
  if (!artifact) return { base, builds: [base], known: {} };
  const asked = await askDocument(files, locateMetadata(settings, base), known?.document);
  if (asked.kind === 'unchanged' && known?.replaced === undefined)
    return { base, builds: undefined, known: known ?? {} };
  const builds =
    asked.kind === 'read' ? listBuilds(readSnapshotMetadata(asked.bytes, base), settings, base) : undefined;
  const document =
    asked.kind === 'read' ? asked.known : asked.kind === 'unchanged' ? known?.document : undefined;
  const now = { ...(document && { document }) };
  if (builds) return { base, builds, known: now };
  const replaced = await findReplaced(files, artifact);
  if (replaced === undefined) return { base, builds: [], known: now };
  return { base, builds: replaced === known?.replaced ? undefined : [replaced], known: { ...now, replaced } };
}

/** The builds that metadata names; `undefined` where each replaces the file of the one before. */
function listBuilds(
  { build, files }: SnapshotMetadata,
  settings: PackageSettings,
  base: string,
): readonly string[] | undefined {
  const { extension, classifier = '' } = nameFile(settings);
  if (files.length === 0 && build === undefined) return undefined;
  const matching = files.filter((file) => file.extension === extension && file.classifier === classifier);
  const versions =
    files.length === 0 ? [base.replace(/SNAPSHOT$/i, build ?? '')] : matching.map(({ version }) => version);
  if (versions.includes(base)) return undefined;
  return [...new Set(versions)].filter(
    (version) => parseBuild(version)?.base.toLowerCase() === base.toLowerCase(),
  );
}

/**
 * The build of the one file under the snapshot's own name, told by when it was changed; `undefined` where
 * there is none.
 */
async function findReplaced(files: Files, { base, path }: ArtifactFile): Promise<string | undefined> {
  const found = await files.find(path);
  return found && (found.modifiedAt === undefined ? base : nameReplaced(base, found.modifiedAt));
}
