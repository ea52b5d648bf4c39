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

/** A stage of a pipeline, in whatever run. */
export interface StageOfPipeline {
  readonly pipelineId: number;
  readonly stage: string;
}

/** Who listens to some stages. */
export async function readDownstream(tx: Tx, stages: readonly StageOfPipeline[]): Promise<readonly Dependency[]> {
  if (stages.length === 0) return [];
  const dependencies = await tx.db
    .selectFrom('dependency')
    .select(['pipeline_id as pipelineId', 'upstream_id as upstreamId', 'stage', 'mode'])
    .where('upstream_id', 'in', [...new Set(stages.map(({ pipelineId }) => pipelineId))])
    .orderBy('pipeline_id')
    .execute();
  return dependencies.filter((one) =>
    stages.some(({ pipelineId, stage }) => one.upstreamId === pipelineId && one.stage === stage),
  );
}
