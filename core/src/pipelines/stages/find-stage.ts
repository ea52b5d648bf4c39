import { readDownstream } from '../../store/dependencies.ts';
import { isConfigurationActive } from '../../store/nodes.ts';
import { findPipeline, lockPipelines } from '../../store/pipelines.ts';
import { findRun, type RunState, readRunState } from '../../store/runs.ts';
import { type RunStage, readRunStages } from '../../store/stage-attempts.ts';
import type { Tx } from '../../store/store.ts';
import type { Actor } from '../actor.ts';
import { beginMove, type Move } from '../changes.ts';
import { quote, type Refusal, refuse } from '../refusal.ts';
import type { StartOptions } from '../start-runs.ts';
import type { StageAtHand } from './stage-at-hand.ts';

/** What somebody asks of a stage of a run. */
export interface StageRequest {
  readonly pipeline: string;
  /** The run's counter. */
  readonly counter: number;
  readonly stage: string;
  /** The attempt at the stage that is meant; its newest where it is left out. */
  readonly stageCounter?: number | undefined;
  readonly actor: Actor;
  /** Why, in their words. */
  readonly comment: string | undefined;
}

/** The stage that is meant, its pipeline locked with those that listen to the stage. */
export interface FoundStage {
  readonly move: Move;
  readonly run: RunState;
  /** Its newest attempt. */
  readonly stage: RunStage;
  /** First to last, each by its newest attempt. */
  readonly stages: readonly RunStage[];
  /** The pipelines to be started afterwards. */
  readonly affected: readonly number[];
}

/** What may be done to a stage that was found is judged by this. */
export function atHand({ move, run, stage, stages }: FoundStage): StageAtHand {
  return { pipeline: move.pipeline.name, definition: move.definition, now: move.now, run, stage, stages };
}

/** Finds the stage that a request means, and locks what it may change. */
export async function findStage(tx: Tx, request: StageRequest, options: StartOptions): Promise<FoundStage | Refusal> {
  const { pipeline: name, counter, stage: stageName } = request;
  if (!(await isConfigurationActive(tx, options.config.hash))) {
    const message = 'another configuration is in force than this node has, and rights go by that one; ask again, or another node';
    return refuse('CONFIGURATION_REPLACED', message);
  }
  const id = await findPipeline(tx, name);
  if (id === undefined) return refuse('PIPELINE_UNKNOWN', `there is no pipeline ${quote(name)}`);
  const affected = [
    id,
    ...(await readDownstream(tx, [{ pipelineId: id, stage: stageName }])).map(({ pipelineId }) => pipelineId),
  ];
  const pipeline = (await lockPipelines(tx, affected)).find((locked) => locked.id === id);
  const runId = await findRun(tx, id, counter);
  if (!pipeline || runId === undefined) return refuse('RUN_UNKNOWN', `there is no run ${counter} of ${name}, or none any more`);
  const stages = await readRunStages(tx, runId);
  const stage = stages.find((one) => one.name === stageName);
  if (!stage) return refuse('STAGE_UNKNOWN', `run ${counter} of ${name} has no stage ${quote(stageName)}`);
  if (request.stageCounter !== undefined && request.stageCounter !== stage.counter) {
    const message = `${stageName} of ${name} ${counter} is at its attempt ${stage.counter} by now, not ${request.stageCounter}`;
    return refuse('STAGE_MOVED_ON', message);
  }
  return { move: beginMove(pipeline, options), run: await readRunState(tx, runId), stage, stages, affected };
}
