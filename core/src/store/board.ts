import { sql } from 'kysely';
import type { Status } from '../domain/status.ts';
import { type Alarm, readAlarms } from './alarms.ts';
import type { Page, PageRequest } from './page.ts';
import type { RevisionTable } from './schema.ts';
import { contains } from './search.ts';
import type { Tx } from './store.ts';

/** A version on a promotion board, and how it is at each level. */
export interface BoardRow {
  readonly version: string;
  readonly state: RevisionTable['state'];
  readonly standing: RevisionTable['standing'];
  /** What is wrong with it by now. */
  readonly alarms: readonly Alarm[];
  /** Milliseconds. */
  readonly publishedAt: number | null;
  /** Milliseconds. */
  readonly detectedAt: number;
  /** By {@link nameLevel}; what is missing was not reached yet. */
  readonly cells: ReadonlyMap<string, BoardCell>;
}

/** The newest run of a version that came to a level. */
export interface BoardCell {
  readonly pipeline: string;
  readonly counter: number;
  readonly label: string;
  readonly stage: string;
  readonly stageCounter: number;
  readonly status: Status;
  /** Whether its turn passes it by, because a pinned revision is republished or withdrawn. */
  readonly held: boolean;
}

/** Which part of which board. */
export interface BoardRequest extends PageRequest {
  readonly packageId: number;
  /** Those that are shown. */
  readonly pipelineIds: readonly number[];
  /** Only this version. */
  readonly version?: string;
  /** Only those with it in their version. */
  readonly fragment?: string;
}

/** How many runs of one version are looked at in a pipeline, the newest first. */
const runsLookedAt = 10;

/** A level by its pipeline's name and its stage's. */
export function nameLevel(pipeline: string, stage: string): string {
  return `${pipeline} ${stage}`;
}

/**
 * The versions of a package, highest rank first, and how each is at the levels of some pipelines; `next` is a
 * rank.
 */
export async function readBoard(tx: Tx, request: BoardRequest): Promise<Page<BoardRow>> {
  const { packageId, pipelineIds, version, fragment, after, limit } = request;
  const revisions = await tx.db
    .selectFrom('revision')
    .select([
      'id',
      'version',
      'rank',
      'state',
      'standing',
      'published_at as publishedAt',
      'detected_at as detectedAt',
    ])
    .where('package_id', '=', packageId)
    .$if(version !== undefined, (query) => query.where('version', '=', version ?? ''))
    .$if(fragment !== undefined, (query) => query.where((e) => contains(e.ref('version'), fragment ?? '')))
    .$if(after !== undefined, (query) => query.where('rank', '<', after ?? 0))
    .orderBy('rank', 'desc')
    .limit(limit + 1)
    .execute();
  const shown = revisions.slice(0, limit);
  const cells = await readCells(
    tx,
    shown.map(({ id }) => id),
    pipelineIds,
  );
  const alarms = await readAlarms(
    tx,
    shown.map(({ id }) => id),
  );
  return {
    items: shown.map(({ id, rank: _, ...row }) => ({
      ...row,
      alarms: alarms.get(id) ?? [],
      cells: cells.get(id) ?? new Map(),
    })),
    next: revisions.length > limit ? (shown.at(-1)?.rank ?? null) : null,
  };
}

async function readCells(
  tx: Tx,
  revisionIds: readonly number[],
  pipelineIds: readonly number[],
): Promise<ReadonlyMap<number, ReadonlyMap<string, BoardCell>>> {
  if (revisionIds.length === 0 || pipelineIds.length === 0) return new Map();
  const rows = await selectStages(tx, revisionIds, pipelineIds).execute();
  const boards = new Map<number, Map<string, BoardCell>>();
  // Newest first, those that came to the stage before those that may still.
  for (const row of [...rows.filter(({ readyAt }) => readyAt !== null), ...rows.filter(isToCome)]) {
    const cells = boards.get(row.revisionId) ?? new Map<string, BoardCell>();
    boards.set(row.revisionId, cells);
    const level = nameLevel(row.pipeline, row.stage);
    if (cells.has(level)) continue;
    const { pipeline, counter, label, stage, stageCounter, status, heldAt } = row;
    cells.set(level, { pipeline, counter, label, stage, stageCounter, status, held: heldAt !== null });
  }
  return boards;
}

function isToCome({
  readyAt,
  status,
}: {
  readonly readyAt: number | null;
  readonly status: Status;
}): boolean {
  return readyAt === null && status === 'pending';
}

/** The stages of the newest runs of some versions, newest run first. */
function selectStages(tx: Tx, revisionIds: readonly number[], pipelineIds: readonly number[]) {
  const ranked = tx.db
    .selectFrom('run_package')
    .select(['revision_id', 'run_id'])
    .select(
      sql<number>`row_number() over (partition by revision_id, pipeline_id order by run_id desc)`.as('nth'),
    )
    .where('revision_id', 'in', revisionIds)
    .where('pipeline_id', 'in', pipelineIds)
    .as('ranked');
  return tx.db
    .selectFrom(ranked)
    .innerJoin('run', 'run.id', 'ranked.run_id')
    .innerJoin('pipeline', 'pipeline.id', 'run.pipeline_id')
    .innerJoin('stage', 'stage.run_id', 'run.id')
    .select(['ranked.revision_id as revisionId', 'pipeline.name as pipeline', 'run.counter', 'run.label'])
    .select(['stage.name as stage', 'stage.counter as stageCounter', 'stage.status'])
    .select(['stage.ready_at as readyAt', 'stage.held_at as heldAt'])
    .where('ranked.nth', '<=', runsLookedAt)
    .where('stage.latest', '=', 1)
    .orderBy('run.id', 'desc');
}
