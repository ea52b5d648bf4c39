import { type Expression, type SqlBool, sql } from 'kysely';
import {
  revisionIsUnacknowledged,
  stageIsPending,
  stageIsRunning,
  stageIsWaiting,
} from './index-conditions.ts';
import type { Tx } from './store.ts';

/**
 * What can be wrong with a revision by now: other bytes were published under its version, and nobody has said
 * that they are right; it was withdrawn; the last answer lacked it; its publisher advises against it, or has
 * taken it back.
 */
export type AlarmKind = 'republished' | 'withdrawn' | 'missing' | 'deprecated' | 'yanked';

/** Something that whoever acts on a revision must know of it. */
export interface Alarm {
  readonly kind: AlarmKind;
  readonly packageId: number;
  /** `repository/package` */
  readonly package: string;
  readonly version: string;
}

/** Every alarm about some revisions, by revision. */
export async function readAlarms(
  tx: Tx,
  revisionIds: readonly number[],
): Promise<ReadonlyMap<number, readonly Alarm[]>> {
  if (revisionIds.length === 0) return new Map();
  const rows = await selectAlarming(tx).where('revision.id', 'in', revisionIds).execute();
  return new Map(rows.map((row) => [row.id, listAlarms(row)]));
}

/** Every alarm about the revisions behind some runs, pinned by themselves or by runs behind them; by run. */
export async function readAlarmsOfRuns(
  tx: Tx,
  runIds: readonly number[],
): Promise<ReadonlyMap<number, readonly Alarm[]>> {
  if (runIds.length === 0) return new Map();
  const rows = await selectAlarming(tx)
    .innerJoin('run_package', 'run_package.revision_id', 'revision.id')
    .select('run_package.run_id as runId')
    .where('run_package.run_id', 'in', runIds)
    .orderBy('run_package.run_id')
    .orderBy('revision.package_id')
    .execute();
  const byRun = Map.groupBy(rows, ({ runId }) => runId);
  return new Map([...byRun].map(([runId, some]) => [runId, some.flatMap(listAlarms)]));
}

/**
 * Every alarm that somebody has to do with now, at most about `limit` revisions: about those behind runs that
 * are not over, and of configured packages those whose new bytes nobody has acknowledged. By package, newest
 * version first.
 */
export async function listAlarmsAtHand(tx: Tx, limit: number): Promise<readonly Alarm[]> {
  const behind = selectAlarming(tx).where('revision.id', 'in', selectBehindOpenRuns(tx));
  const unacknowledged = selectAlarming(tx)
    .where(revisionIsUnacknowledged)
    .where('package.active', '=', 1)
    .where('repository.active', '=', 1);
  const rows = [
    ...(await inOrder(behind).limit(limit).execute()),
    ...(await inOrder(unacknowledged).limit(limit).execute()),
  ];
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
  return unique
    .toSorted((a, b) => a.packageId - b.packageId || b.rank - a.rank)
    .slice(0, limit)
    .flatMap(listAlarms);
}

function inOrder(query: ReturnType<typeof selectAlarming>) {
  return query.orderBy('revision.package_id').orderBy('revision.rank', 'desc');
}

function selectBehindOpenRuns(tx: Tx) {
  const stages = tx.db.selectFrom('stage').select('run_id').where('ready_at', 'is not', null);
  const open = stages
    .where(stageIsPending)
    .unionAll(stages.where(stageIsWaiting))
    .unionAll(stages.where(stageIsRunning));
  return tx.db.selectFrom('run_package').select('revision_id').where('run_id', 'in', open);
}

const isAlarming: Expression<SqlBool> = sql<boolean>`(revision.state <> 'published' or revision.unacknowledged = 1
  or revision.missing_since is not null or revision.standing <> 'ok')`;

/** Revisions that there is something to say of. */
function selectAlarming(tx: Tx) {
  return tx.db
    .selectFrom('revision')
    .innerJoin('package', 'package.id', 'revision.package_id')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select([
      'revision.id',
      'revision.package_id as packageId',
      'revision.version',
      'revision.state',
      'revision.standing',
    ])
    .select(['revision.unacknowledged', 'revision.missing_since as missingSince', 'revision.rank'])
    .select(['repository.name as repositoryName', 'package.name as packageName'])
    .where(isAlarming);
}

type AlarmingRow = Awaited<ReturnType<ReturnType<typeof selectAlarming>['execute']>>[number];

function listAlarms(row: AlarmingRow): readonly Alarm[] {
  const { packageId, version, state, standing, unacknowledged, missingSince } = row;
  const kinds: AlarmKind[] = [];
  if (state === 'republished' || unacknowledged === 1) kinds.push('republished');
  if (state === 'withdrawn') kinds.push('withdrawn');
  if (missingSince !== null) kinds.push('missing');
  if (standing !== 'ok') kinds.push(standing);
  return kinds.map((kind) => ({
    kind,
    packageId,
    package: `${row.repositoryName}/${row.packageName}`,
    version,
  }));
}
