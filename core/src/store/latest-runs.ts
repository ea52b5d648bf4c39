import type { Status } from './schema.ts';
import type { Tx } from './store.ts';

/** A run as an overview shows it; times in milliseconds. */
export interface RunSummary {
  readonly counter: number;
  readonly label: string;
  readonly cause: string;
  readonly status: Status;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  /** In their order, of a stage that was run again the newest. */
  readonly stages: readonly StageSummary[];
  /** Told of the newest run only. */
  readonly materials: readonly MaterialSummary[];
}

/** A stage of a {@link RunSummary}. */
export interface StageSummary {
  readonly name: string;
  readonly status: Status;
}

/** What a run pinned: a version of a package, or a run of another pipeline by its counter. */
export interface MaterialSummary {
  readonly material: string;
  readonly pinned: string;
  readonly changed: boolean;
}

/** The newest runs, at most `most` of each pipeline of the configuration, newest first, by pipeline. */
export async function listLatestRuns(tx: Tx, most: number): Promise<ReadonlyMap<string, readonly RunSummary[]>> {
  const runs = await selectLatest(tx, most)
    .select(['run.id', 'pipeline.name as pipeline', 'run.counter', 'run.label', 'run.cause', 'run.status'])
    .select(['run.created_at as createdAt', 'run.finished_at as finishedAt'])
    .orderBy('run.id', 'desc')
    .execute();
  const stages = await readStages(tx, most);
  const materials = await readMaterials(tx);
  const summaries = runs.map(({ id, pipeline, ...run }) => ({
    pipeline,
    run: { ...run, stages: stages.get(id) ?? [], materials: materials.get(id) ?? [] },
  }));
  const byPipeline = Map.groupBy(summaries, ({ pipeline }) => pipeline);
  return new Map([...byPipeline].map(([name, list]) => [name, list.map(({ run }) => run)]));
}

function selectLatest(tx: Tx, most: number) {
  return tx.db
    .selectFrom('pipeline')
    .innerJoin('run', (join) =>
      join
        .onRef('run.pipeline_id', '=', 'pipeline.id')
        .on(({ eb, ref }) => eb(ref('run.counter'), '>', eb(ref('pipeline.counter'), '-', most))),
    )
    .where('pipeline.active', '=', 1);
}

async function readStages(tx: Tx, most: number): Promise<ReadonlyMap<number, readonly StageSummary[]>> {
  const rows = await selectLatest(tx, most)
    .innerJoin('stage', 'stage.run_id', 'run.id')
    .select(['stage.run_id as runId', 'stage.name', 'stage.status'])
    .orderBy('stage.run_id')
    .orderBy('stage.position')
    .orderBy('stage.counter')
    .execute();
  const byRun = Map.groupBy(rows, ({ runId }) => runId);
  return new Map(
    [...byRun].map(([id, ofRun]) => [id, [...new Map(ofRun.map(({ name, status }) => [name, { name, status }])).values()]]),
  );
}

async function readMaterials(tx: Tx): Promise<ReadonlyMap<number, readonly MaterialSummary[]>> {
  const rows = await selectLatest(tx, 1)
    .innerJoin('run_material', 'run_material.run_id', 'run.id')
    .leftJoin('package', 'package.id', 'run_material.package_id')
    .leftJoin('repository', 'repository.id', 'package.repository_id')
    .leftJoin('pipeline as upstream', 'upstream.id', 'run_material.upstream_id')
    .select(['run_material.run_id as runId', 'run_material.version', 'run_material.upstream_counter', 'run_material.changed'])
    .select(['repository.name as repository', 'package.name as package', 'upstream.name as upstream'])
    .orderBy('run_material.run_id')
    .orderBy('run_material.position')
    .execute();
  const byRun = Map.groupBy(rows, ({ runId }) => runId);
  return new Map([...byRun].map(([id, ofRun]) => [id, ofRun.map(summarise)]));
}

interface MaterialRow {
  readonly version: string | null;
  readonly upstream_counter: number | null;
  readonly changed: 0 | 1;
  readonly repository: string | null;
  readonly package: string | null;
  readonly upstream: string | null;
}

function summarise(row: MaterialRow): MaterialSummary {
  const changed = row.changed === 1;
  if (row.upstream !== null) return { material: row.upstream, pinned: String(row.upstream_counter ?? ''), changed };
  return { material: `${row.repository}/${row.package}`, pinned: row.version ?? '', changed };
}
