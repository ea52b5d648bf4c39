import { compareVersions } from './comparable-version.ts';

/** One build of a snapshot, as the text of a version tells it. */
export interface SnapshotBuild {
  /** The version it is a build of: `1.2-SNAPSHOT`. */
  readonly base: string;
  /** When it was deployed, in UTC: `20260101.120000`. */
  readonly timestamp: string;
  /** Counted from 1 by those who deploy; empty for a file that each build replaces. */
  readonly number: string;
}

const deployed = /^(.+)-([0-9]{8}\.[0-9]{6})-([0-9]+)$/;
const replaced = /^(.+-SNAPSHOT)-([0-9]{8}\.[0-9]{6})$/i;

/** Whether Maven takes a version for a snapshot. */
export function isSnapshot(version: string): boolean {
  return /snapshot$/i.test(version) || parseBuild(version) !== undefined;
}

/**
 * Reads a build's version: Maven's own (`1.2-20260101.120000-3`), or ours for a file that each build replaces
 * (see {@link nameReplaced}).
 */
export function parseBuild(version: string): SnapshotBuild | undefined {
  const [, base = '', timestamp = '', number = ''] = deployed.exec(version) ?? [];
  if (base !== '') return { base: `${base}-SNAPSHOT`, timestamp, number };
  const [, snapshot = '', time = ''] = replaced.exec(version) ?? [];
  return snapshot === '' ? undefined : { base: snapshot, timestamp: time, number: '' };
}

/**
 * The version under which a repository keeps a revision: of a build the snapshot's, else the revision's own.
 */
export function baseOf(version: string): string {
  return parseBuild(version)?.base ?? version;
}

/**
 * The name of a build that replaces the file of the one before: when it came, behind the snapshot's version.
 */
export function nameReplaced(base: string, modifiedAt: number): string {
  const [date = '', time = ''] = new Date(modifiedAt).toISOString().replace(/[-:]/g, '').split(/[T.]/);
  return `${base}-${date}.${time}`;
}

/**
 * The order of revisions: Maven's, with every build of a snapshot where the snapshot is, by time and number.
 */
export function compareRevisions(a: string, b: string): number {
  const [left, right] = [parseBuild(a), parseBuild(b)];
  return (
    compareVersions(left?.base ?? a, right?.base ?? b) ||
    compareText(left?.timestamp ?? '', right?.timestamp ?? '') ||
    compareVersions(left?.number ?? '', right?.number ?? '')
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
