import type { Tx } from './store.ts';

/** A run that waits for people to let it into a stage. */
export interface WaitingStage {
  readonly pipeline: string;
  readonly counter: number;
  readonly label: string;
  readonly stage: string;
  /** Milliseconds; when its approval expires, where it does. */
  readonly expiresAt: number | null;
}

/** What waits for approval in the pipelines of the configuration, longest first, at most `limit`. */
export function listWaitingStages(tx: Tx, limit: number): Promise<readonly WaitingStage[]> {
  return tx.db
    .selectFrom('stage')
    .innerJoin('run', 'run.id', 'stage.run_id')
    .innerJoin('pipeline', 'pipeline.id', 'run.pipeline_id')
    .select(['pipeline.name as pipeline', 'run.counter', 'run.label'])
    .select(['stage.name as stage', 'stage.expires_at as expiresAt'])
    .where('stage.status', '=', 'waiting')
    .where('pipeline.active', '=', 1)
    .orderBy('stage.id')
    .limit(limit)
    .execute();
}
