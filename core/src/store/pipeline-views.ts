import type { Status } from '../domain/status.ts';
import type { Tx } from './store.ts';
import { readAllWaitingTriggers } from './triggers.ts';

/** What the store knows of a pipeline, as the API shows it beside its configuration. */
export interface PipelineView {
  readonly name: string;
  /** Since when, why and by whom it is paused; null where it is not. */
  readonly paused: {
    readonly since: number;
    readonly reason: string | null;
    readonly by: string | null;
  } | null;
  /** The counter of the run that holds its lock. */
  readonly lockedBy: number | null;
  /** When its timer comes next, in milliseconds; past where it came and waits. */
  readonly timer: number | null;
  /** How many triggers wait. */
  readonly waiting: number;
  /** How many the storm guard holds. */
  readonly held: number;
  readonly lastRun: { readonly counter: number; readonly label: string; readonly status: Status } | null;
}

/** The pipelines of the configuration, by name. */
export async function listPipelines(tx: Tx): Promise<readonly PipelineView[]> {
  const rows = await tx.db
    .selectFrom('pipeline')
    .leftJoin('run', (join) =>
      join.onRef('run.pipeline_id', '=', 'pipeline.id').onRef('run.counter', '=', 'pipeline.counter'),
    )
    .leftJoin('run as holder', 'holder.id', 'pipeline.locked_by')
    .select([
      'pipeline.id',
      'pipeline.name',
      'pipeline.paused_at',
      'pipeline.paused_reason',
      'pipeline.paused_by',
    ])
    .select(['pipeline.timer_at as timer', 'holder.counter as lockedBy'])
    .select(['run.counter', 'run.label', 'run.status'])
    .where('pipeline.active', '=', 1)
    .orderBy('pipeline.name')
    .execute();
  const counts = await countTriggers(tx);
  return rows.map(
    ({ id, name, paused_at, paused_reason, paused_by, timer, lockedBy, counter, label, status }) => ({
      name,
      lockedBy,
      timer,
      paused: paused_at === null ? null : { since: paused_at, reason: paused_reason, by: paused_by },
      waiting: counts.get(`${id} waiting`) ?? 0,
      held: counts.get(`${id} held`) ?? 0,
      lastRun: counter === null || label === null || status === null ? null : { counter, label, status },
    }),
  );
}

/** One of them; undefined where the configuration has no such pipeline. */
export async function readPipeline(tx: Tx, name: string): Promise<PipelineView | undefined> {
  return (await listPipelines(tx)).find((pipeline) => pipeline.name === name);
}

/** By the pipeline's id and the triggers' state. */
async function countTriggers(tx: Tx): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.db
    .selectFrom('trigger')
    .select(({ fn }) => ['pipeline_id', 'state', fn.countAll().as('count')])
    .where('state', 'in', ['waiting', 'held'])
    .groupBy(['pipeline_id', 'state'])
    .execute();
  return new Map(rows.map(({ pipeline_id, state, count }) => [`${pipeline_id} ${state}`, Number(count)]));
}

/** A trigger that the storm guard holds, and what it would start. */
export interface HeldTrigger {
  /** A version by material, or the counter of an upstream run. */
  readonly materials: Readonly<Record<string, string | number>>;
  readonly trigger: 'latest' | 'every';
}

/** What the storm guard holds in a pipeline, in the order of its detection. */
export async function listHeld(tx: Tx, pipelineId: number): Promise<readonly HeldTrigger[]> {
  const held = (await readAllWaitingTriggers(tx, [pipelineId], 'held')).get(pipelineId) ?? [];
  return held.map((trigger) => ({
    materials:
      trigger.kind === 'revision'
        ? { [trigger.package]: trigger.version }
        : { [trigger.upstream]: trigger.counter },
    trigger: trigger.mode,
  }));
}
