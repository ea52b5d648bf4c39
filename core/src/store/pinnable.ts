import type { PinnableRevision, Startable } from '../domain/revision.ts';
import { strongestDigest } from './digests.ts';
import type { Tx } from './store.ts';

/** Revisions by their ids. */
export async function readPinnable(
  tx: Tx,
  ids: readonly number[],
): Promise<ReadonlyMap<number, PinnableRevision>> {
  if (ids.length === 0) return new Map();
  const rows = await selectPinnable(tx).where('revision.id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, toPinnable(row)]));
}

/** One version of a package, whatever its state. */
export async function readPinnableVersion(
  tx: Tx,
  packageId: number,
  version: string,
): Promise<PinnableRevision | undefined> {
  const row = await selectPinnable(tx)
    .where('revision.package_id', '=', packageId)
    .where('revision.version', '=', version)
    .executeTakeFirst();
  return row && toPinnable(row);
}

/** The id of one version of a package. */
export async function findRevision(tx: Tx, packageId: number, version: string): Promise<number | undefined> {
  const row = await tx.db
    .selectFrom('revision')
    .select('id')
    .where('package_id', '=', packageId)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.id;
}

/**
 * What a package can contribute to a run that something else started, highest rank first: published, shown by
 * the present selection, and of a standing that is accepted; where it follows a pointer, only the version
 * that it names, unless another is determined.
 */
export async function readStartable(
  tx: Tx,
  { packageId, accept, revisionId, below, limit }: Startable,
): Promise<readonly PinnableRevision[]> {
  let query = selectPinnable(tx)
    .innerJoin('package', 'package.id', 'revision.package_id')
    .where('revision.package_id', '=', packageId)
    .where('revision.state', '=', 'published')
    .where('revision.selected', '=', 1)
    .where('revision.standing', 'in', ['ok', ...accept]);
  if (below !== undefined) query = query.where('revision.rank', '<', below);
  query =
    revisionId === undefined
      ? query.where((e) =>
          e.or([e('package.pointer', 'is', null), e('revision.version', '=', e.ref('package.pointer'))]),
        )
      : query.where('revision.id', '=', revisionId);
  const rows = await query.orderBy('revision.rank', 'desc').limit(limit).execute();
  return rows.map(toPinnable);
}

function selectPinnable(tx: Tx) {
  return tx.db
    .selectFrom('revision')
    .select([
      'revision.id',
      'revision.package_id',
      'revision.version',
      'revision.state',
      'revision.standing',
      'revision.digests',
    ])
    .select([
      'revision.location',
      'revision.published_at',
      'revision.publisher',
      'revision.comment',
      'revision.trackback_url',
    ])
    .select(['revision.purl', 'revision.data', 'revision.edition', 'revision.rank']);
}

type PinnableRow = Awaited<ReturnType<ReturnType<typeof selectPinnable>['executeTakeFirstOrThrow']>>;

function toPinnable({
  package_id,
  published_at,
  trackback_url,
  digests,
  data,
  ...row
}: PinnableRow): PinnableRevision {
  return {
    ...row,
    packageId: package_id,
    digest: strongestDigest(JSON.parse(digests)),
    publishedAt: published_at,
    trackbackUrl: trackback_url,
    data: JSON.parse(data),
  };
}
