import { patchPipeline, readLockHolder } from '../store/pipelines.ts';
import { readRunState } from '../store/runs.ts';
import type { Tx } from '../store/store.ts';
import { operatePipeline, type PipelineRequest } from './operate-pipeline.ts';
import { refuse } from './refusal.ts';
import type { Acted } from './stages/act-on-stage.ts';
import { aboutRun } from './stages/reach-stage.ts';
import type { StartOptions } from './start-runs.ts';

/** Takes a pipeline's lock from the run that holds it, so that others may move; not while one of its stages runs. */
export function unlockPipeline(tx: Tx, request: PipelineRequest, options: StartOptions): Promise<Acted> {
  return operatePipeline(tx, request, options, async ({ pipeline, now, changes }) => {
    const holder = await readLockHolder(tx, pipeline.id);
    if (holder === null) return refuse('NOTHING_TO_DO', `${pipeline.name} is not locked`);
    const { counter, status } = await readRunState(tx, holder);
    if (status === 'running') {
      return refuse('STAGE_MOVED_ON', `run ${counter} of ${pipeline.name} is running; cancel it, or wait for its end`);
    }
    await patchPipeline(tx, pipeline.id, { lockedBy: null });
    const reason = `${request.actor.name} took the lock from run ${counter}`;
    changes.addDecision({ ...aboutRun(pipeline.id, holder, now), outcome: 'started', reason });
    return undefined;
  });
}
