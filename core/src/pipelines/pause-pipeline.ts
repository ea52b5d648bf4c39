import { patchPipeline } from '../store/pipelines.ts';
import type { Tx } from '../store/store.ts';
import { operatePipeline, type PipelineRequest } from './operate-pipeline.ts';
import { refuse } from './refusal.ts';
import type { Acted } from './stages/act-on-stage.ts';
import type { StartOptions } from './start-runs.ts';

/** Stops a pipeline's starts and automatic approvals until somebody unpauses it. A pause of a paused one changes its reason. */
export function pausePipeline(
  tx: Tx,
  request: PipelineRequest & { readonly comment: string },
  options: StartOptions,
): Promise<Acted> {
  return operatePipeline(tx, request, options, async ({ pipeline, now }) => {
    const { actor, comment } = request;
    await patchPipeline(tx, pipeline.id, { paused: { at: pipeline.pausedAt ?? now, reason: comment, by: actor.name } });
    return undefined;
  });
}

/** Lets a paused pipeline go on: what waited meanwhile starts. */
export function unpausePipeline(tx: Tx, request: PipelineRequest, options: StartOptions): Promise<Acted> {
  return operatePipeline(tx, request, options, async ({ pipeline }) => {
    if (pipeline.pausedAt === null) return refuse('NOTHING_TO_DO', `${pipeline.name} is not paused`);
    await patchPipeline(tx, pipeline.id, { paused: null });
    return undefined;
  });
}
