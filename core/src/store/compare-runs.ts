import type { Status } from '../domain/status.ts';
import { readPackagesBehind } from './provenance.ts';
import type { RevisionTable } from './schema.ts';
import type { Tx } from './store.ts';

/** A run with everything behind it, by package id and by pipeline id. */
export interface RunBehind {
  readonly counter: number;
  readonly label: string;
  readonly status: Status;
  readonly packages: ReadonlyMap<number, RevisionBehind>;
  /**
   * Of upstream runs that are not kept any more, only those that it pinned itself are known, without a label.
   */
  readonly pipelines: ReadonlyMap<number, UpstreamBehind>;
}

/** A revision behind a run. */
export interface RevisionBehind {
  readonly id: number;
  readonly version: string;
  readonly rank: number;
  /** Which of the bytes that the version had over time. */
  readonly edition: number;
  /** Whether the run pinned it itself. */
  readonly isDirect: boolean;
}

/** A run of another pipeline behind a run. */
export interface UpstreamBehind {
  readonly counter: number;
  readonly label: string | null;
  readonly isDirect: boolean;
}

/** Reads a run with everything behind it; undefined where there is none, or none any more. */
export async function readRunBehind(
  tx: Tx,
  pipeline: string,
  counter: number,
): Promise<RunBehind | undefined> {
  const run = await tx.db
    .selectFrom('run')
    .innerJoin('pipeline', 'pipeline.id', 'run.pipeline_id')
    .select(['run.id', 'run.counter', 'run.label', 'run.status', 'run.pipelines_behind'])
    .where('pipeline.name', '=', pipeline)
    .where('run.counter', '=', counter)
    .executeTakeFirst();
  if (!run) return undefined;
  const pinned = await tx.db
    .selectFrom('run_material')
    .select(['revision_id', 'upstream_id', 'upstream_counter'])
    .where('run_id', '=', run.id)
    .execute();
  const { id, pipelines_behind, ...rest } = run;
  return {
    ...rest,
    packages: await readPackages(tx, id, new Set(pinned.map(({ revision_id }) => revision_id))),
    pipelines: await readUpstream(tx, Object.values(JSON.parse(pipelines_behind)), pinned),
  };
}

async function readPackages(
  tx: Tx,
  runId: number,
  pinned: ReadonlySet<number | null>,
): Promise<RunBehind['packages']> {
  const behind = (await readPackagesBehind(tx, [runId])).get(runId) ?? [];
  const versions = await tx.db
    .selectFrom('revision')
    .select(['id', 'version'])
    .where('id', 'in', [0, ...behind.map(({ revisionId }) => revisionId)])
    .execute();
  const versionOf = new Map(versions.map(({ id, version }) => [id, version]));
  return new Map(
    behind.map(({ packageId, revisionId, rank, edition }) => [
      packageId,
      {
        id: revisionId,
        version: versionOf.get(revisionId) ?? '',
        rank,
        edition,
        isDirect: pinned.has(revisionId),
      },
    ]),
  );
}

interface PinnedUpstream {
  readonly upstream_id: number | null;
  readonly upstream_counter: number | null;
}

async function readUpstream(
  tx: Tx,
  runIds: readonly number[],
  pinned: readonly PinnedUpstream[],
): Promise<RunBehind['pipelines']> {
  const direct = new Map(
    pinned.flatMap(({ upstream_id: id, upstream_counter: counter }) =>
      id === null || counter === null ? [] : [[id, counter]],
    ),
  );
  const rows = await tx.db
    .selectFrom('run')
    .select(['pipeline_id', 'counter', 'label'])
    .where('id', 'in', [0, ...runIds])
    .execute();
  const gone = [...direct].map(([id, counter]) => [id, { counter, label: null, isDirect: true }] as const);
  const kept = rows.map(
    ({ pipeline_id: id, counter, label }) => [id, { counter, label, isDirect: direct.has(id) }] as const,
  );
  return new Map<number, UpstreamBehind>([...gone, ...kept]);
}

/** A version that lies between two others. */
export interface VersionBetween {
  readonly version: string;
  readonly state: RevisionTable['state'];
  /** Milliseconds. */
  readonly publishedAt: number | null;
  readonly publisher: string | null;
  readonly comment: string | null;
  readonly trackbackUrl: string | null;
}

/** The versions of a package above one rank, up to another one, highest first. */
export async function readVersionsBetween(
  tx: Tx,
  {
    packageId,
    above,
    upTo,
    limit,
  }: { readonly packageId: number; readonly above: number; readonly upTo: number; readonly limit: number },
): Promise<readonly VersionBetween[]> {
  return tx.db
    .selectFrom('revision')
    .select([
      'version',
      'state',
      'published_at as publishedAt',
      'publisher',
      'comment',
      'trackback_url as trackbackUrl',
    ])
    .where('package_id', '=', packageId)
    .where('rank', '>', above)
    .where('rank', '<=', upTo)
    .orderBy('rank', 'desc')
    .limit(limit)
    .execute();
}
