import type { StartedBy } from '../../../src/domain/status.ts';
import type { Tx } from '../../../src/store/store.ts';

/**
 * A run as the tables have it; what is behind it is what the program recorded, to be compared with what an
 * oracle finds.
 */
export interface SnapshotRun {
  readonly id: number;
  readonly pipeline: string;
  readonly counter: number;
  readonly startedBy: StartedBy;
  /** In the order of the configuration. */
  readonly materials: readonly Element[];
  readonly recordedPackages: ReadonlyMap<string, number>;
  readonly recordedPipelines: ReadonlyMap<string, number>;
}

/** What a run pins as one of its materials: a revision of a package, or a run of a pipeline. */
export type Element =
  | { readonly package: string; readonly revision: number }
  | { readonly pipeline: string; readonly run: number };

/** A wish that waits. */
export interface SnapshotTrigger {
  readonly pipeline: string;
  readonly mode: 'latest' | 'every' | 'manual';
  readonly element: Element;
}

/** Everything that fan-in depends on, read straight from the tables. */
export interface Snapshot {
  readonly runs: ReadonlyMap<number, SnapshotRun>;
  /** Runs by pipeline whose stage's newest attempt is passed, newest first. */
  readonly passed: ReadonlyMap<string, readonly number[]>;
  /** Revisions by package, highest first. */
  readonly revisions: ReadonlyMap<string, readonly number[]>;
  /** Ranks by revision. */
  readonly ranks: ReadonlyMap<number, number>;
  readonly waiting: readonly SnapshotTrigger[];
  /** Pipelines with a run in their first stage, or waiting for it. */
  readonly busy: ReadonlySet<string>;
}

/** Reads a snapshot; every pipeline has one stage. */
export async function readSnapshot(tx: Tx): Promise<Snapshot> {
  const pipelines = new Map(
    (await tx.db.selectFrom('pipeline').select(['id', 'name']).execute()).map(({ id, name }) => [id, name]),
  );
  const packages = new Map(
    (await tx.db.selectFrom('package').select(['id', 'name']).execute()).map(({ id, name }) => [id, name]),
  );
  const name = (names: ReadonlyMap<number, string>, id: number | null) => names.get(id ?? -1) ?? `? ${id}`;
  const materials = await tx.db
    .selectFrom('run_material')
    .selectAll()
    .orderBy('run_id')
    .orderBy('position')
    .execute();
  const behind = Map.groupBy(
    await tx.db.selectFrom('run_package').selectAll().execute(),
    (row) => row.run_id,
  );
  const byRun = Map.groupBy(materials, (row) => row.run_id);
  const toElement = (row: {
    package_id: number | null;
    revision_id: number | null;
    upstream_id: number | null;
    upstream_run_id: number | null;
  }): Element =>
    row.revision_id === null
      ? { pipeline: name(pipelines, row.upstream_id), run: row.upstream_run_id ?? -1 }
      : { package: name(packages, row.package_id), revision: row.revision_id };
  const runs = (await tx.db.selectFrom('run').selectAll().orderBy('id').execute()).map(
    (row): SnapshotRun => ({
      id: row.id,
      pipeline: name(pipelines, row.pipeline_id),
      counter: row.counter,
      startedBy: row.started_by,
      materials: (byRun.get(row.id) ?? []).map(toElement),
      recordedPackages: new Map(
        (behind.get(row.id) ?? []).map((one) => [name(packages, one.package_id), one.revision_id]),
      ),
      recordedPipelines: new Map(
        Object.entries(JSON.parse(row.pipelines_behind) as Record<string, number>).map(([id, run]) => [
          name(pipelines, Number(id)),
          run,
        ]),
      ),
    }),
  );
  const stages = await tx.db
    .selectFrom('stage')
    .selectAll()
    .where('latest', '=', 1)
    .orderBy('run_id', 'desc')
    .execute();
  const open = stages.filter(
    ({ status, ready_at }) => status === 'running' || (status === 'pending' && ready_at !== null),
  );
  const revisions = await tx.db
    .selectFrom('revision')
    .select(['id', 'package_id', 'rank'])
    .orderBy('rank', 'desc')
    .execute();
  const triggers = await tx.db
    .selectFrom('trigger')
    .leftJoin('run', 'run.id', 'trigger.upstream_run_id')
    .select([
      'trigger.pipeline_id',
      'trigger.mode',
      'trigger.package_id',
      'trigger.revision_id',
      'trigger.upstream_run_id',
    ])
    .select('run.pipeline_id as upstream_id')
    .where('trigger.state', '=', 'waiting')
    .execute();
  return {
    runs: new Map(runs.map((run) => [run.id, run])),
    passed: group(
      stages.filter(({ status }) => status === 'passed'),
      (row) => name(pipelines, row.pipeline_id),
      (row) => row.run_id,
    ),
    revisions: group(
      revisions,
      (row) => name(packages, row.package_id),
      (row) => row.id,
    ),
    ranks: new Map(revisions.map(({ id, rank }) => [id, rank])),
    waiting: triggers.map((row) => ({
      pipeline: name(pipelines, row.pipeline_id),
      mode: row.mode,
      element: toElement(row),
    })),
    busy: new Set(open.map(({ pipeline_id }) => name(pipelines, pipeline_id))),
  };
}

function group<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  idOf: (row: T) => number,
): ReadonlyMap<string, readonly number[]> {
  return new Map([...Map.groupBy(rows, keyOf)].map(([key, ofOne]) => [key, ofOne.map(idOf)]));
}
