import type { Revision } from '@sluice/plugin-sdk';
import type { PackageConfig } from '../../config/config.ts';
import { happen } from '../../engine/happen.ts';
import { type Candidate, findHindrance, type PackageNews } from '../../engine/starts/publications.ts';
import { strongestDigest } from '../../store/digests.ts';
import type { NewEvent } from '../../store/events.ts';
import { insertRevisions } from '../../store/ledger.ts';
import { findPackages } from '../../store/pipelines.ts';
import type { Tx } from '../../store/store.ts';
import type { RecordedRevision } from './history.ts';
import type { Scene } from './scene.ts';

/** What one poll of a repository brought. */
export interface Publication {
  readonly at: number;
  readonly repository: string;
  /** By package; lowest rank first. */
  readonly packages: ReadonlyMap<string, readonly RecordedRevision[]>;
  /** Whether it is everything from before: then the newest of each package starts, whatever `first:` says. */
  readonly isBefore: boolean;
}

/** What was published of a package so far, by `repository/package`. */
export type Published = Map<string, Candidate[]>;

/** Records what a poll brought, and starts what that starts, as the poll's commit does. */
export async function publish(
  tx: Tx,
  publication: Publication,
  { config, inForceAt }: Scene,
  published: Published,
): Promise<readonly NewEvent[]> {
  const { at, repository, packages } = publication;
  const ids = await findPackages(
    tx,
    [...packages.keys()].map((name) => ({ repository, package: name })),
  );
  const news: PackageNews[] = [];
  for (const [name, revisions] of packages) {
    const packageId = ids.get(`${repository}/${name}`);
    const packageConfig = config.repositories.get(repository)?.packages.get(name);
    if (packageId === undefined || !packageConfig) continue;
    const fresh = await record(tx, packageId, revisions);
    const known = [...(published.get(`${repository}/${name}`) ?? []), ...fresh].toSorted(
      (a, b) => a.rank - b.rank,
    );
    published.set(`${repository}/${name}`, known);
    news.push(makeNews(publication, { packageId, packageConfig, fresh, known }));
  }
  const poll = publication.isBefore ? undefined : `${repository}:${at}`;
  return (await happen(tx, { kind: 'published', news, poll }, inForceAt(at))).events;
}

async function record(
  tx: Tx,
  packageId: number,
  revisions: readonly RecordedRevision[],
): Promise<readonly Candidate[]> {
  const inserted = await insertRevisions(
    tx,
    revisions.map(({ facts, rank, detectedAt }) => ({ packageId, facts, rank, detectedAt, described: true })),
  );
  const ids = new Map(inserted.map(({ id, version }) => [version, id]));
  return revisions.flatMap(({ facts, rank }) => toCandidate(ids.get(facts.version), facts, rank));
}

function toCandidate(
  revisionId: number | undefined,
  { version, digests, standing = 'ok' }: Revision,
  rank: number,
) {
  if (revisionId === undefined) return [];
  return [
    { revisionId, version, digest: strongestDigest(digests), rank, state: 'published' as const, standing },
  ];
}

interface KnownPackage {
  readonly packageId: number;
  readonly packageConfig: PackageConfig;
  readonly fresh: readonly Candidate[];
  readonly known: readonly Candidate[];
}

function makeNews(
  { at, repository, isBefore }: Publication,
  { packageId, packageConfig, fresh, known }: KnownPackage,
): PackageNews {
  const { name, accept, first } = packageConfig;
  return {
    packageId,
    material: `${repository}/${name}`,
    config: { first: isBefore ? 'latest' : first, accept },
    now: at,
    fresh,
    newest: known.findLast((one) => !findHindrance(one, accept)),
    selected: known.length,
    move: 0,
    moved: false,
    changed: [],
    isTouched: true,
    conclusive: true,
  };
}
