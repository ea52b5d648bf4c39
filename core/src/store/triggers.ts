import { sql } from 'kysely';
import type { PassWish, TriggerWish, WaitingTrigger } from '../domain/trigger.ts';
import { chunk } from './chunk.ts';
import { groupRows } from './group-rows.ts';
import type { TriggerTable } from './schema.ts';
import type { Tx } from './store.ts';

/** Stores wishes that were never wished before; answers their ids, in their order. */
export async function insertTriggers(tx: Tx, wishes: readonly TriggerWish[]): Promise<readonly number[]> {
  const ids = new Map<string, number>();
  for (const some of chunk(wishes)) {
    const rows = some.map((wish) => ({
      pipeline_id: wish.pipelineId,
      package_id: wish.packageId,
      revision_id: wish.revisionId,
      version: wish.version,
      digest: wish.digest,
      move: wish.move,
      mode: wish.mode,
      state: wish.state ?? 'waiting',
      poll: wish.poll ?? null,
      created_at: wish.createdAt,
    }));
    const inserted = await tx.db
      .insertInto('trigger')
      .values(rows)
      .returning(['id', 'pipeline_id', 'revision_id', 'digest', 'move'])
      .execute();
    for (const row of inserted) ids.set(nameWish(row), row.id);
  }
  return wishes.map(({ pipelineId, revisionId, digest, move }) =>
    idOf(ids, nameWish({ pipeline_id: pipelineId, revision_id: revisionId, digest, move })),
  );
}

function nameWish(row: Pick<TriggerTable, 'pipeline_id' | 'revision_id' | 'digest' | 'move'>): string {
  return `${row.pipeline_id} ${row.revision_id} ${row.move} ${row.digest}`;
}

function idOf(ids: ReadonlyMap<string, number>, name: string): number {
  const id = ids.get(name);
  if (id === undefined) throw new Error('a trigger was not stored');
  return id;
}

/**
 * Of some wishes those that the store has, by their place in the list: one per pipeline, package, version,
 * digest and move, ever.
 */
export async function findWishedBefore(tx: Tx, wishes: readonly TriggerWish[]): Promise<ReadonlySet<number>> {
  const known = new Set<string>();
  const name = (row: Pick<TriggerTable, 'pipeline_id' | 'package_id' | 'version' | 'digest' | 'move'>) =>
    JSON.stringify([row.pipeline_id, row.package_id, row.version, row.digest, row.move]);
  for (const some of chunk(wishes)) {
    const rows = await tx.db
      .selectFrom('trigger')
      .select(['pipeline_id', 'package_id', 'version', 'digest', 'move'])
      .where('pipeline_id', 'in', [...new Set(some.map(({ pipelineId }) => pipelineId))])
      .where('package_id', 'in', [...new Set(some.map(({ packageId }) => packageId))])
      .where('version', 'in', [...new Set(some.map(({ version }) => version))])
      .execute();
    for (const row of rows) known.add(name(row));
  }
  const places = wishes.map(({ pipelineId, packageId, ...wish }, place) => {
    return known.has(name({ ...wish, pipeline_id: pipelineId, package_id: packageId })) ? [place] : [];
  });
  return new Set(places.flat());
}

/**
 * How many runs one poll has started in a pipeline so far, and is still to start: each wish of `every` that
 * waits is one.
 */
export async function countRunsOfPoll(tx: Tx, pipelineId: number, poll: string): Promise<number> {
  const ofPoll = tx.db.selectFrom('trigger').where('pipeline_id', '=', pipelineId).where('poll', '=', poll);
  const { started } = await ofPoll
    .select(({ fn }) => fn.count('run_id').distinct().as('started'))
    .where('state', '=', 'started')
    .executeTakeFirstOrThrow();
  const { waiting } = await ofPoll
    .select(({ fn }) => fn.countAll().as('waiting'))
    .where('state', '=', 'waiting')
    .where('mode', '=', 'every')
    .executeTakeFirstOrThrow();
  return Number(started) + Number(waiting);
}

/** Lets held wishes wait for their turn. */
export async function releaseTriggers(tx: Tx, ids: readonly number[]): Promise<void> {
  for (const some of chunk(ids)) {
    await tx.db
      .updateTable('trigger')
      .set({ state: 'waiting', waits: null })
      .where('id', 'in', some)
      .execute();
  }
}

/**
 * Stores wishes of passes, waiting, one per pipeline and attempt at a stage; answers their ids, in their
 * order.
 */
export async function insertPassTriggers(tx: Tx, wishes: readonly PassWish[]): Promise<readonly number[]> {
  const ids = new Map<string, number>();
  for (const some of chunk(wishes)) {
    const rows = some.map(({ pipelineId, upstreamRunId, upstreamStageId, mode, createdAt }) => ({
      pipeline_id: pipelineId,
      upstream_run_id: upstreamRunId,
      upstream_stage_id: upstreamStageId,
      move: 0,
      mode,
      state: 'waiting' as const,
      created_at: createdAt,
    }));
    const returning = ['id', 'pipeline_id', 'upstream_stage_id'] as const;
    const inserted = await tx.db.insertInto('trigger').values(rows).returning(returning).execute();
    for (const row of inserted) ids.set(`${row.pipeline_id} ${row.upstream_stage_id}`, row.id);
  }
  return wishes.map(({ pipelineId, upstreamStageId }) => idOf(ids, `${pipelineId} ${upstreamStageId}`));
}

/** The wishes that wait in some pipelines, by pipeline, oldest first. */
export async function readAllWaitingTriggers(
  tx: Tx,
  pipelineIds: readonly number[],
  state: 'waiting' | 'held' = 'waiting',
): Promise<ReadonlyMap<number, readonly WaitingTrigger[]>> {
  if (pipelineIds.length === 0) return new Map();
  const revisions = await readWaitingRevisions(tx, pipelineIds, state);
  const passes = await readWaitingPasses(tx, pipelineIds, state);
  const all = [...revisions, ...passes].toSorted((a, b) => a.trigger.id - b.trigger.id);
  return groupRows(
    all,
    ({ pipelineId }) => pipelineId,
    ({ trigger }) => trigger,
  );
}

interface WaitingIn {
  readonly pipelineId: number;
  readonly trigger: WaitingTrigger;
}

async function readWaitingRevisions(
  tx: Tx,
  pipelineIds: readonly number[],
  state: 'waiting' | 'held',
): Promise<readonly WaitingIn[]> {
  const rows = await tx.db
    .selectFrom('trigger')
    .innerJoin('revision', 'revision.id', 'trigger.revision_id')
    .innerJoin('package', 'package.id', 'revision.package_id')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select(['trigger.pipeline_id as pipelineId', 'trigger.id', 'revision.package_id as packageId'])
    .select(['revision.id as revisionId', 'revision.version'])
    .select([
      'trigger.move',
      'trigger.mode',
      'trigger.waits',
      'revision.rank',
      'revision.state',
      'revision.standing',
    ])
    .select(['repository.name as repositoryName', 'package.name as packageName'])
    .where('trigger.pipeline_id', 'in', pipelineIds)
    .where('trigger.state', '=', state)
    .execute();
  return rows.map(({ pipelineId, repositoryName, packageName, ...row }) => ({
    pipelineId,
    trigger: { ...row, kind: 'revision', package: `${repositoryName}/${packageName}` },
  }));
}

async function readWaitingPasses(
  tx: Tx,
  pipelineIds: readonly number[],
  state: 'waiting' | 'held',
): Promise<readonly WaitingIn[]> {
  const rows = await tx.db
    .selectFrom('trigger')
    .innerJoin('stage', 'stage.id', 'trigger.upstream_stage_id')
    .innerJoin('run', 'run.id', 'stage.run_id')
    .innerJoin('pipeline', 'pipeline.id', 'run.pipeline_id')
    .select([
      'trigger.pipeline_id as pipelineId',
      'trigger.id',
      'trigger.mode',
      'trigger.waits',
      'run.id as runId',
      'run.counter',
    ])
    .select([
      'pipeline.id as upstreamId',
      'pipeline.name as upstream',
      'stage.name as stage',
      'stage.id as stageId',
      'stage.latest',
    ])
    .where('trigger.pipeline_id', 'in', pipelineIds)
    .where('trigger.state', '=', state)
    .execute();
  return rows.map(({ pipelineId, latest, ...row }) => ({
    pipelineId,
    trigger: { ...row, kind: 'pass', isNewest: latest === 1 },
  }));
}

/** Ends the waiting of wishes that start nothing. */
export async function endTriggers(
  tx: Tx,
  ids: readonly number[],
  state: 'superseded' | 'dropped',
): Promise<void> {
  for (const some of chunk(ids)) {
    await tx.db.updateTable('trigger').set({ state, waits: null }).where('id', 'in', some).execute();
  }
}

/** Ends the waiting of wishes that have started runs: run ids by the wishes' ids. */
export async function fulfilTriggers(tx: Tx, runs: ReadonlyMap<number, number>): Promise<void> {
  for (const some of chunk([...runs])) {
    const cases = some.map(([id, runId]) => sql`when ${sql.lit(id)} then ${sql.lit(runId)}`);
    const runOf = sql<number>`case id ${sql.join(cases, sql` `)} end`;
    const ids = some.map(([id]) => id);
    const done = { state: 'started', waits: null, run_id: runOf } as const;
    await tx.db.updateTable('trigger').set(done).where('id', 'in', ids).execute();
  }
}

/** Remembers what wishes wait for, so that it is said once. */
export async function markWaiting(tx: Tx, ids: readonly number[], waits: string): Promise<void> {
  for (const some of chunk(ids)) {
    await tx.db.updateTable('trigger').set({ waits }).where('id', 'in', some).execute();
  }
}

/** How many triggers wait, in all pipelines. */
export async function countWaitingTriggers(tx: Tx): Promise<number> {
  const row = await tx.db
    .selectFrom('trigger')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
