import {
  type DuePackage,
  eachPackage,
  type PackageAnswer,
  PluginError,
  type PollAnswer,
  type PollCall,
} from '@sluice/plugin-sdk';
import { type AskedBuilds, askBuilds } from './builds.ts';
import { askConcurrently } from './concurrently.ts';
import { type KnownArtifact, readCursor, writeCursor } from './cursor.ts';
import { askDocument, type KnownDocument } from './document.ts';
import type { Files } from './files.ts';
import { locateMetadata } from './layout.ts';
import { readArtifactMetadata } from './metadata.ts';
import { toRevision } from './revision.ts';
import { type Selection, selectVersions } from './selection.ts';
import type { PackageSettings, packageFields } from './settings.ts';
import { baseOf, compareRevisions, parseBuild } from './snapshot.ts';

type Due = DuePackage<typeof packageFields>;

/** What a poll of one artifact found. */
interface Found {
  readonly metadata: KnownDocument;
  /** `undefined` where the artifact's metadata is as it was. */
  readonly selection: Selection | undefined;
  readonly snapshots: readonly AskedBuilds[];
}

const snapshotsAtOnce = 8;
/** Each costs a request at every poll. */
const mostSnapshots = 500;

/**
 * Asks for each artifact's metadata, and that of its snapshots where they are wanted; see {@link
 * eachPackage}.
 */
export function pollRepository(
  files: Files,
  packages: readonly Due[],
  call: PollCall,
): AsyncIterable<PollAnswer> {
  return eachPackage<typeof packageFields>((due) => askArtifact(files, due))(packages, call);
}

async function askArtifact(files: Files, { config, cursor }: Due): Promise<PackageAnswer> {
  const before = readCursor(cursor);
  const path = locateMetadata(config);
  const asked = await askDocument(files, path, before?.metadata);
  if (asked.kind === 'absent') throw notFound(config, files.locate(path));
  const selection =
    asked.kind === 'read' ? selectVersions(readArtifactMetadata(asked.bytes, config), config) : undefined;
  const bases = selection?.snapshots ?? [...(before?.snapshots.keys() ?? [])];
  if (bases.length > mostSnapshots) throw tooMany(config, bases.length);
  const snapshots = await askConcurrently(bases, snapshotsAtOnce, (base) =>
    askBuilds(files, config, base, before?.snapshots.get(base)),
  );
  const metadata = asked.kind === 'read' ? asked.known : before?.metadata;
  if (!metadata || (!selection && snapshots.every(({ builds }) => builds === undefined)))
    return { unchanged: true };
  return toAnswer(files, config, { metadata, selection, snapshots }, before);
}

function toAnswer(
  files: Files,
  config: PackageSettings,
  found: Found,
  before: KnownArtifact | undefined,
): PackageAnswer {
  const { metadata, selection, snapshots } = found;
  const known = { metadata, snapshots: new Map(snapshots.map(({ base, known }) => [base, known])) };
  const told = config.snapshots ? listThere(found, before?.told ?? []) : [];
  const cursor = writeCursor({ ...known, told });
  const noted = cursor !== undefined && { cursor };
  const seen = [...(selection?.releases ?? []), ...snapshots.flatMap(({ builds }) => builds ?? [])];
  const toRevisions = (versions: readonly string[]) =>
    versions.map((version) => toRevision(files, config, version));
  if (config.follow !== undefined) {
    const current = told.toSorted(compareRevisions).at(-1) ?? seen.at(-1);
    if (current === undefined) throw nothingFollowed(config, snapshots);
    return { revisions: toRevisions([current]), current, ...noted };
  }
  if (!config.snapshots) return { revisions: toRevisions(seen), ...noted };
  return { added: toRevisions(seen), removed: findGone(before?.told ?? [], told), ...noted };
}

/** The revisions that are there now, as far as metadata names them: it names only the newest builds. */
function listThere({ selection, snapshots }: Found, before: readonly string[]): readonly string[] {
  const releases =
    selection?.releases ??
    before.filter((version) => !snapshots.some(({ base }) => base === baseOf(version)));
  return [
    ...releases,
    ...snapshots.flatMap(
      ({ base, builds }) => builds ?? before.filter((version) => baseOf(version) === base),
    ),
  ];
}

/** A build that another followed is there still, unless that took its file. */
function findGone(before: readonly string[], now: readonly string[]): readonly string[] {
  const [there, bases] = [new Set(now), new Set(now.map(baseOf))];
  return before.filter((version) => {
    const build = parseBuild(version);
    const isFollowed = build !== undefined && build.number !== '' && bases.has(build.base);
    return !there.has(version) && !isFollowed;
  });
}

function notFound({ groupId, artifactId }: PackageSettings, url: string): PluginError {
  const message = `there is no ${groupId}:${artifactId}, since ${url} is missing, or shown only to others: check the names and the credentials`;
  return new PluginError('NOT_FOUND', message);
}

function tooMany({ groupId, artifactId }: PackageSettings, count: number): PluginError {
  const message = `${groupId}:${artifactId} has ${count} snapshots in this range, more than ${mostSnapshots}: narrow "versions"`;
  return new PluginError('TOO_LARGE', message);
}

function nothingFollowed(
  { follow, packaging, classifier }: PackageSettings,
  snapshots: readonly AskedBuilds[],
): PluginError {
  const file = classifier === undefined ? packaging : `${packaging} with the classifier ${classifier}`;
  return new PluginError(
    'NOT_FOUND',
    `<${follow}> names ${snapshots.map(({ base }) => base).join()}, which has no ${file}`,
  );
}
