import type { Status } from './schema.ts';
import type { Tx } from './store.ts';

/** What the store knows of a pipeline, as the API shows it beside its configuration. */
export interface PipelineView {
  readonly name: string;
  /** Since when and why it is paused; null where it is not. */
  readonly paused: { readonly since: number; readonly reason: string | null } | null;
  /** How many triggers wait. */
  readonly waiting: number;
  readonly lastRun: { readonly counter: number; readonly label: string; readonly status: Status } | null;
}

/** The pipelines of the configuration, by name. */
export async function listPipelines(tx: Tx): Promise<readonly PipelineView[]> {
  const rows = await tx.db
    .selectFrom('pipeline')
    .leftJoin('run', (join) => join.onRef('run.pipeline_id', '=', 'pipeline.id').onRef('run.counter', '=', 'pipeline.counter'))
    .select(['pipeline.id', 'pipeline.name', 'pipeline.paused_at', 'pipeline.paused_reason'])
    .select(['run.counter', 'run.label', 'run.status'])
    .where('pipeline.active', '=', 1)
    .orderBy('pipeline.name')
    .execute();
  const waiting = await countWaiting(tx);
  return rows.map(({ id, name, paused_at, paused_reason, counter, label, status }) => ({
    name,
    paused: paused_at === null ? null : { since: paused_at, reason: paused_reason },
    waiting: waiting.get(id) ?? 0,
    lastRun: counter === null || label === null || status === null ? null : { counter, label, status },
  }));
}

async function countWaiting(tx: Tx): Promise<ReadonlyMap<number, number>> {
  const rows = await tx.db
    .selectFrom('trigger')
    .select(({ fn }) => ['pipeline_id', fn.countAll().as('count')])
    .where('state', '=', 'waiting')
    .groupBy('pipeline_id')
    .execute();
  return new Map(rows.map(({ pipeline_id, count }) => [pipeline_id, Number(count)]));
}
