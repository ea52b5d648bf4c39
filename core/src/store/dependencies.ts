import { chunk } from './chunk.ts';
import type { DependencyTable } from './schema.ts';
import type { Tx } from './store.ts';

/** That a pipeline listens to a stage of another one. */
export interface Dependency {
  readonly pipelineId: number;
  readonly upstreamId: number;
  readonly stage: string;
  readonly mode: DependencyTable['mode'];
}

/** Makes these all the dependencies that there are. */
export async function replaceDependencies(tx: Tx, wanted: readonly Dependency[]): Promise<void> {
  await tx.db.deleteFrom('dependency').execute();
  for (const some of chunk(wanted)) {
    const rows = some.map(({ pipelineId, upstreamId, stage, mode }) => ({
      pipeline_id: pipelineId,
      upstream_id: upstreamId,
      stage,
      mode,
    }));
    await tx.db.insertInto('dependency').values(rows).execute();
  }
}

/** Who listens to stages of some pipelines. */
export async function readDependencies(
  tx: Tx,
  upstreamIds: readonly number[],
): Promise<readonly Dependency[]> {
  if (upstreamIds.length === 0) return [];
  return tx.db
    .selectFrom('dependency')
    .select(['pipeline_id as pipelineId', 'upstream_id as upstreamId', 'stage', 'mode'])
    .where('upstream_id', 'in', [...new Set(upstreamIds)])
    .orderBy('pipeline_id')
    .execute();
}
