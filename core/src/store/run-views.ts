import type { PipelineConfig } from '../config/config.ts';
import type { Page, PageRequest } from './page.ts';
import type { Status } from './schema.ts';
import type { Tx } from './store.ts';

/** A run as the API shows it; times in milliseconds. */
export interface RunView {
  readonly pipeline: string;
  readonly counter: number;
  readonly label: string;
  readonly cause: string;
  readonly status: Status;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly materials: readonly MaterialView[];
  /** In their order; of a stage that was run again, each time. */
  readonly stages: readonly StageView[];
}

/** What a run pinned. */
export interface MaterialView {
  readonly package: string;
  readonly version: string;
  /** `algorithm:hex` */
  readonly digest: string | null;
  readonly location: string | null;
  readonly changed: boolean;
}

/** A stage of a run. */
export interface StageView {
  readonly name: string;
  readonly counter: number;
  readonly status: Status;
  readonly approval: PipelineConfig['stages'][number]['approval']['type'];
  /** Whether its turn passes it by, because a pinned revision is republished or withdrawn. */
  readonly held: boolean;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly jobs: readonly JobView[];
}

/** A job of a stage. */
export interface JobView {
  readonly name: string;
  readonly status: Status;
  readonly exitCode: number | null;
  readonly message: string | null;
}

/** The runs of a pipeline, newest first; `next` is a counter. */
export async function listRuns(tx: Tx, pipeline: string, { after, limit }: PageRequest): Promise<Page<RunView>> {
  let query = selectRuns(tx).where('pipeline.name', '=', pipeline);
  if (after !== undefined) query = query.where('run.counter', '<', after);
  const rows = await query
    .orderBy('run.counter', 'desc')
    .limit(limit + 1)
    .execute();
  const items = await completeRuns(tx, rows.slice(0, limit));
  return { items, next: rows.length > limit ? (items.at(-1)?.counter ?? null) : null };
}

/** One run; undefined where there is none, or none any more. */
export async function readRun(tx: Tx, pipeline: string, counter: number): Promise<RunView | undefined> {
  const rows = await selectRuns(tx).where('pipeline.name', '=', pipeline).where('run.counter', '=', counter).execute();
  const [run] = await completeRuns(tx, rows);
  return run;
}

function selectRuns(tx: Tx) {
  return tx.db
    .selectFrom('run')
    .innerJoin('pipeline', 'pipeline.id', 'run.pipeline_id')
    .select(['run.id', 'pipeline.name as pipeline', 'run.counter', 'run.label', 'run.cause', 'run.status', 'run.definition'])
    .select(['run.created_at as createdAt', 'run.finished_at as finishedAt']);
}

type RunRow = Awaited<ReturnType<ReturnType<typeof selectRuns>['execute']>>[number];

async function completeRuns(tx: Tx, rows: readonly RunRow[]): Promise<readonly RunView[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const materials = await readMaterials(tx, ids);
  const stages = await readStages(tx, ids);
  return rows.map(({ id, definition, ...run }) => {
    const approvals = readApprovals(definition);
    return {
      ...run,
      materials: (materials.get(id) ?? []).map(({ runId: _, ...material }) => material),
      stages: (stages.get(id) ?? []).map(({ runId: _, ...stage }) => ({
        ...stage,
        approval: approvals.get(stage.name) ?? 'auto',
      })),
    };
  });
}

function readApprovals(definition: string): ReadonlyMap<string, StageView['approval']> {
  const { stages }: PipelineConfig = JSON.parse(definition);
  return new Map(stages.map(({ name, approval }) => [name, approval.type]));
}

async function readMaterials(tx: Tx, runIds: readonly number[]) {
  const rows = await tx.db
    .selectFrom('run_material')
    .innerJoin('package', 'package.id', 'run_material.package_id')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select(['run_material.run_id as runId', 'run_material.version', 'run_material.digest', 'run_material.location'])
    .select(['run_material.changed', 'repository.name as repositoryName', 'package.name as packageName'])
    .where('run_material.run_id', 'in', runIds)
    .orderBy('run_material.position')
    .execute();
  const views = rows.map(({ repositoryName, packageName, changed, digest, ...row }) => ({
    ...row,
    package: `${repositoryName}/${packageName}`,
    digest: digest === '' ? null : digest,
    changed: changed === 1,
  }));
  return Map.groupBy(views, ({ runId }) => runId);
}

async function readStages(tx: Tx, runIds: readonly number[]) {
  const rows = await tx.db
    .selectFrom('stage')
    .select([
      'id',
      'run_id as runId',
      'name',
      'counter',
      'status',
      'held_at',
      'started_at as startedAt',
      'finished_at as finishedAt',
    ])
    .where('run_id', 'in', runIds)
    .orderBy('position')
    .orderBy('counter')
    .execute();
  const jobs = await readJobs(
    tx,
    rows.map(({ id }) => id),
  );
  const views = rows.map(({ id, held_at, ...row }) => ({
    ...row,
    held: held_at !== null,
    jobs: (jobs.get(id) ?? []).map(({ stageId: _, ...job }) => job),
  }));
  return Map.groupBy(views, ({ runId }) => runId);
}

async function readJobs(tx: Tx, stageIds: readonly number[]) {
  const rows = await tx.db
    .selectFrom('job')
    .select(['stage_id as stageId', 'name', 'status', 'exit_code as exitCode', 'message'])
    .where('stage_id', 'in', [...stageIds, 0])
    .orderBy('id')
    .execute();
  return Map.groupBy(rows, ({ stageId }) => stageId);
}
