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
  /** `dropped` for one that is only to be remembered as had; waiting by default. */
  readonly state?: 'waiting' | 'dropped';
  readonly createdAt: number;
}

/** A wish that was not there before. */
export interface InsertedTrigger {
  readonly id: number;
  readonly pipelineId: number;
  readonly packageId: number;
  readonly version: string;
  readonly digest: string;
  readonly move: number;
}

const rowsAtOnce = 500;

/** Stores wishes, waiting, and answers those that the store did not have: one per pipeline, package, version, digest and move, ever. */
export async function insertTriggers(tx: Tx, wishes: readonly TriggerWish[]): Promise<readonly InsertedTrigger[]> {
  const inserted: InsertedTrigger[] = [];
  for (let from = 0; from < wishes.length; from += rowsAtOnce) {
    const rows = wishes.slice(from, from + rowsAtOnce).map((wish) => ({
      pipeline_id: wish.pipelineId,
      package_id: wish.packageId,
      revision_id: wish.revisionId,
      version: wish.version,
      digest: wish.digest,
      move: wish.move,
      mode: wish.mode,
      state: wish.state ?? 'waiting',
      created_at: wish.createdAt,
    }));
    inserted.push(
      ...(await tx.db
        .insertInto('trigger')
        .values(rows)
        .onConflict((conflict) => conflict.columns(['pipeline_id', 'package_id', 'version', 'digest', 'move']).doNothing())
        .returning(['id', 'pipeline_id as pipelineId', 'package_id as packageId', 'version', 'digest', 'move'])
        .execute()),
    );
  }
  return inserted;
}

/** A wish that waits, with what decides whether and when it is fulfilled. */
export interface WaitingTrigger {
  readonly id: number;
  readonly packageId: number;
  /** `npmjs/fastify` */
  readonly package: string;
  readonly revisionId: number;
  readonly version: string;
  readonly move: number;
  readonly mode: TriggerTable['mode'];
  readonly waits: string | null;
  readonly rank: number;
  readonly state: RevisionTable['state'];
  readonly standing: RevisionTable['standing'];
}

/** The wishes that wait in a pipeline, oldest first. */
export async function readWaitingTriggers(tx: Tx, pipelineId: number): Promise<readonly WaitingTrigger[]> {
  const rows = await tx.db
    .selectFrom('trigger')
    .innerJoin('revision', 'revision.id', 'trigger.revision_id')
    .innerJoin('package', 'package.id', 'trigger.package_id')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select(['trigger.id', 'trigger.package_id as packageId', 'trigger.revision_id as revisionId', 'trigger.version'])
    .select(['trigger.move', 'trigger.mode', 'trigger.waits', 'revision.rank', 'revision.state', 'revision.standing'])
    .select(['repository.name as repositoryName', 'package.name as packageName'])
    .where('trigger.pipeline_id', '=', pipelineId)
    .where('trigger.state', '=', 'waiting')
    .orderBy('trigger.id')
    .execute();
  return rows.map(({ repositoryName, packageName, ...row }) => ({ ...row, package: `${repositoryName}/${packageName}` }));
}

/** What becomes of wishes: which run they started, or that none will. */
export type TriggerEnd = { readonly state: 'started'; readonly runId: number } | { readonly state: 'superseded' | 'dropped' };

/** Ends the waiting of wishes. */
export async function endTriggers(tx: Tx, ids: readonly number[], end: TriggerEnd): Promise<void> {
  const run = end.state === 'started' ? { run_id: end.runId } : {};
  for (let from = 0; from < ids.length; from += rowsAtOnce) {
    await tx.db
      .updateTable('trigger')
      .set({ state: end.state, waits: null, ...run })
      .where('id', 'in', ids.slice(from, from + rowsAtOnce))
      .execute();
  }
}

/** Remembers what wishes wait for, so that it is said once. */
export async function markWaiting(tx: Tx, ids: readonly number[], waits: string): Promise<void> {
  for (let from = 0; from < ids.length; from += rowsAtOnce) {
    await tx.db
      .updateTable('trigger')
      .set({ waits })
      .where('id', 'in', ids.slice(from, from + rowsAtOnce))
      .execute();
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
