import { beginMove } from '../../pipelines/changes.ts';
import { finishStages } from '../../pipelines/stages/finish-stages.ts';
import { startRuns } from '../../pipelines/start-runs.ts';
import { readDownstream } from '../../store/dependencies.ts';
import type { NewEvent } from '../../store/events.ts';
import { readOpenStages } from '../../store/open-stages.ts';
import { findPipeline, lockPipelines } from '../../store/pipelines.ts';
import { readRunState } from '../../store/runs.ts';
import type { Tx } from '../../store/store.ts';
import type { StageEnd } from './outcomes.ts';
import type { Scene } from './scene.ts';

/** A stage that runs in a replay. */
export interface RunningStage {
  readonly pipeline: string;
  readonly counter: number;
  readonly name: string;
}

/** Ends a stage, and lets all follow from it, as the end of its last job does. */
export async function endStage(
  tx: Tx,
  { pipeline: name, counter, name: stageName }: RunningStage,
  { status, at }: Pick<StageEnd, 'status'> & { readonly at: number },
  { optionsAt }: Scene,
): Promise<readonly NewEvent[]> {
  const id = await findPipeline(tx, name);
  if (id === undefined) return [];
  const downstream = (await readDownstream(tx, [{ pipelineId: id, stage: stageName }])).map(({ pipelineId }) => pipelineId);
  const pipeline = (await lockPipelines(tx, [id, ...downstream])).find((one) => one.id === id);
  const open = (await readOpenStages(tx, id)).find(
    (one) => one.status === 'running' && one.counter === counter && one.name === stageName,
  );
  if (!pipeline || !open) return [];
  const options = optionsAt(at);
  const move = beginMove(pipeline, options);
  const stage = { id: open.id, name: stageName, counter: open.stageCounter, position: open.position, status };
  await finishStages(tx, [{ move, run: await readRunState(tx, open.runId), stage }]);
  const started = await startRuns(tx, [id, ...downstream], options);
  return [...move.changes.events, ...started.events];
}
