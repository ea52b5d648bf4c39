import { sql } from 'kysely';
import type { SomeReason } from '../domain/reasons/kind.ts';
import type { Status } from '../domain/status.ts';
import { chunk } from './chunk.ts';
import { groupRows } from './group-rows.ts';
import { readCause } from './run-views.ts';
import type { Tx } from './store.ts';

/** A run as an overview shows it; times in milliseconds. */
export interface RunSummary {
  readonly counter: number;
  readonly label: string;
  /** What or who started it, and the same in words. */
  readonly because: SomeReason;
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

/** Which of the newest runs. */
export interface LatestRequest {
  /** At most so many of each pipeline. */
  readonly most: number;
  /** Of these pipelines only; of all in the configuration where it is left out. */
  readonly pipelines?: readonly string[];
}

/** The newest runs of each pipeline, newest first, by pipeline. */
export async function listLatestRuns(
  tx: Tx,
  request: LatestRequest,
): Promise<ReadonlyMap<string, readonly RunSummary[]>> {
  const runs = Map.groupBy(await readRuns(tx, request), ({ pipeline }) => pipeline);
  const stages = await readStages(tx, listIds([...runs.values()].flat()));
  const materials = await readMaterials(
    tx,
    listIds([...runs.values()].flatMap((ofPipeline) => ofPipeline[0] ?? [])),
  );
  return new Map(
    [...runs].map(([name, ofPipeline]) => [
      name,
      ofPipeline.map(({ id, pipeline: _, cause, ...run }) => ({
        ...run,
        ...readCause(cause),
        stages: stages.get(id) ?? [],
        materials: materials.get(id) ?? [],
      })),
    ]),
  );
}

/**
 * Found by their counters, which are the last ones of their pipelines: how many runs there are does not
 * matter.
 */
async function readRuns(tx: Tx, { most, pipelines }: LatestRequest) {
  // Joined by equality, with a list of values: PostgreSQL reads all runs where it is told of a range or of
  // several counters, and starts other processes for what is put together by `union`.
  const backs = sql.join(Array.from({ length: most }, (_, back) => sql`(${sql.lit(back)})`));
  const rows = await tx.db
    .with('backs(back)', () => sql<{ readonly back: number }>`(values ${backs})`)
    .selectFrom('pipeline')
    .innerJoin('backs', (join) => join.onTrue())
    .innerJoin('run', (join) =>
      join
        .onRef('run.pipeline_id', '=', 'pipeline.id')
        .on(({ eb, ref }) => eb('run.counter', '=', eb(ref('pipeline.counter'), '-', ref('backs.back')))),
    )
    .select(['run.id', 'pipeline.name as pipeline', 'run.counter', 'run.label', 'run.cause', 'run.status'])
    .select(['run.created_at as createdAt', 'run.finished_at as finishedAt'])
    .where('pipeline.active', '=', 1)
    .$if(pipelines !== undefined, (query) => query.where('pipeline.name', 'in', ['', ...(pipelines ?? [])]))
    .execute();
  return rows.toSorted((a, b) => b.id - a.id);
}

const listIds = (runs: readonly { readonly id: number }[]): readonly number[] => runs.map(({ id }) => id);

async function readStages(
  tx: Tx,
  runIds: readonly number[],
): Promise<ReadonlyMap<number, readonly StageSummary[]>> {
  const rows: { readonly runId: number; readonly name: string; readonly status: Status }[] = [];
  for (const ids of chunk(runIds)) {
    const some = await tx.db
      .selectFrom('stage')
      .select(['run_id as runId', 'name', 'status'])
      .where('run_id', 'in', ids)
      .where('latest', '=', 1)
      .orderBy('position')
      .execute();
    rows.push(...some);
  }
  return groupRows(
    rows,
    ({ runId }) => runId,
    ({ name, status }) => ({ name, status }),
  );
}

async function readMaterials(
  tx: Tx,
  runIds: readonly number[],
): Promise<ReadonlyMap<number, readonly MaterialSummary[]>> {
  const rows: MaterialRow[] = [];
  for (const ids of chunk(runIds)) {
    const some = await tx.db
      .selectFrom('run_material')
      .leftJoin('package', 'package.id', 'run_material.package_id')
      .leftJoin('repository', 'repository.id', 'package.repository_id')
      .leftJoin('pipeline as upstream', 'upstream.id', 'run_material.upstream_id')
      .select([
        'run_material.run_id as runId',
        'run_material.version',
        'run_material.upstream_counter',
        'run_material.changed',
      ])
      .select(['repository.name as repository', 'package.name as package', 'upstream.name as upstream'])
      .where('run_material.run_id', 'in', ids)
      .orderBy('run_material.position')
      .execute();
    rows.push(...some);
  }
  return groupRows(rows, ({ runId }) => runId, summarise);
}

interface MaterialRow {
  readonly runId: number;
  readonly version: string | null;
  readonly upstream_counter: number | null;
  readonly changed: 0 | 1;
  readonly repository: string | null;
  readonly package: string | null;
  readonly upstream: string | null;
}

function summarise(row: MaterialRow): MaterialSummary {
  const changed = row.changed === 1;
  if (row.upstream !== null)
    return { material: row.upstream, pinned: String(row.upstream_counter ?? ''), changed };
  return { material: `${row.repository}/${row.package}`, pinned: row.version ?? '', changed };
}
