import { chunk } from './chunk.ts';
import { groupRows } from './group-rows.ts';
import type { RevisionTable, TriggerTable } from './schema.ts';
import type { Tx } from './store.ts';

/** The wish that one new revision start one pipeline. */
export interface TriggerWish {
  readonly pipelineId: number;
  readonly packageId: number;
  readonly revisionId: number;
  readonly version: string;
  /** `algorithm:hex` of the strongest digest, or empty. */
  readonly digest: string;
  /** The number of the pointer's move, 0 without a pointer. */
  readonly move: number;
  readonly mode: TriggerTable['mode'];
  /** `dropped` for one that is only to be remembered as had, `held` for one that the storm guard keeps; waiting by default. */
  readonly state?: 'waiting' | 'held' | 'dropped';
  /** The poll that brought it: the repository's id and the fence of its lease. */
  readonly poll?: string;
  readonly createdAt: number;
}

/** Stores wishes, waiting, but for those that the store has: one per pipeline, package, version, digest and move, ever. */
export async function insertTriggers(tx: Tx, wishes: readonly TriggerWish[]): Promise<void> {
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
    await tx.db
      .insertInto('trigger')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['pipeline_id', 'package_id', 'version', 'digest', 'move']).doNothing())
      .execute();
  }
}

/** How many runs one poll has started in a pipeline so far, and is still to start: each wish of `every` that waits is one. */
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
    await tx.db.updateTable('trigger').set({ state: 'waiting', waits: null }).where('id', 'in', some).execute();
  }
}

/** The wish that one pass of an upstream stage start one pipeline. */
export interface PassWish {
  readonly pipelineId: number;
  readonly upstreamRunId: number;
  /** The attempt at the stage that passed. */
  readonly upstreamStageId: number;
  readonly mode: TriggerTable['mode'];
  readonly createdAt: number;
}

/** Stores wishes of passes, waiting, unless the store has them: one per pipeline and attempt at a stage, ever. */
export async function insertPassTriggers(tx: Tx, wishes: readonly PassWish[]): Promise<void> {
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
    await tx.db
      .insertInto('trigger')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['pipeline_id', 'upstream_stage_id']).doNothing())
      .execute();
  }
}

interface WaitingBase {
  readonly id: number;
  readonly mode: TriggerTable['mode'];
  readonly waits: string | null;
}

/** The wish of a revision that waits, with what decides whether and when it is fulfilled. */
export interface WaitingRevision extends WaitingBase {
  readonly kind: 'revision';
  readonly packageId: number;
  /** `npmjs/fastify` */
  readonly package: string;
  readonly revisionId: number;
  readonly version: string;
  readonly move: number;
  readonly rank: number;
  readonly state: RevisionTable['state'];
  readonly standing: RevisionTable['standing'];
}

/** The wish of a pass that waits. */
export interface WaitingPass extends WaitingBase {
  readonly kind: 'pass';
  readonly upstreamId: number;
  /** The upstream pipeline's name. */
  readonly upstream: string;
  readonly runId: number;
  /** The upstream run's counter. */
  readonly counter: number;
  readonly stage: string;
  /** Whether this attempt at the stage is still its newest. */
  readonly isNewest: boolean;
}

/** A wish that waits. */
export type WaitingTrigger = WaitingRevision | WaitingPass;

/** The wishes that wait in a pipeline, oldest first. */
export async function readWaitingTriggers(
  tx: Tx,
  pipelineId: number,
  state: 'waiting' | 'held' = 'waiting',
): Promise<readonly WaitingTrigger[]> {
  return (await readAllWaitingTriggers(tx, [pipelineId], state)).get(pipelineId) ?? [];
}

/** The wishes that wait in some pipelines, by pipeline, oldest first. */
export async function readAllWaitingTriggers(
  tx: Tx,
  pipelineIds: readonly number[],
  state: 'waiting' | 'held' = 'waiting',
): Promise<ReadonlyMap<number, readonly WaitingTrigger[]>> {
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
    .select(['trigger.move', 'trigger.mode', 'trigger.waits', 'revision.rank', 'revision.state', 'revision.standing'])
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
    .select(['pipeline.id as upstreamId', 'pipeline.name as upstream', 'stage.name as stage', 'stage.latest'])
    .where('trigger.pipeline_id', 'in', pipelineIds)
    .where('trigger.state', '=', state)
    .execute();
  return rows.map(({ pipelineId, latest, ...row }) => ({
    pipelineId,
    trigger: { ...row, kind: 'pass', isNewest: latest === 1 },
  }));
}

/** Ends the waiting of wishes that start nothing. */
export async function endTriggers(tx: Tx, ids: readonly number[], state: 'superseded' | 'dropped'): Promise<void> {
  for (const some of chunk(ids)) {
    await tx.db.updateTable('trigger').set({ state, waits: null }).where('id', 'in', some).execute();
  }
}

/** Ends the waiting of wishes that have started the newest runs of their pipelines. */
export async function fulfilTriggers(tx: Tx, ids: readonly number[]): Promise<void> {
  for (const some of chunk(ids)) {
    await tx.db
      .updateTable('trigger')
      .set((e) => ({
        ...{ state: 'started' as const, waits: null },
        run_id: e
          .selectFrom('run')
          .select('run.id')
          .whereRef('run.pipeline_id', '=', 'trigger.pipeline_id')
          .orderBy('run.counter', 'desc')
          .limit(1),
      }))
      .where('id', 'in', some)
      .execute();
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
