import { appendDecisions } from '../store/decisions.ts';
import { appendEvents } from '../store/events.ts';
import { findPipeline, lockPipelines } from '../store/pipelines.ts';
import type { Tx } from '../store/store.ts';
import type { Actor } from './actor.ts';
import { beginMove, type Move } from './changes.ts';
import { quote, type Refusal, refuse } from './refusal.ts';
import type { Acted } from './stages/act-on-stage.ts';
import { type StartOptions, startRuns } from './start-runs.ts';

/** What somebody asks of a pipeline. */
export interface PipelineRequest {
  readonly pipeline: string;
  readonly actor: Actor;
  /** Why, in their words. */
  readonly comment: string | undefined;
}

/** Does something to a pipeline because somebody asks, and all that follows from it, in one transaction. */
export async function operatePipeline(
  tx: Tx,
  { pipeline: name }: PipelineRequest,
  options: StartOptions,
  act: (move: Move) => Promise<Refusal | undefined>,
): Promise<Acted> {
  const id = await findPipeline(tx, name);
  const [pipeline] = await lockPipelines(tx, id === undefined ? [] : [id]);
  if (!pipeline) return { refusal: refuse('PIPELINE_UNKNOWN', `there is no pipeline ${quote(name)}`) };
  const move = beginMove(pipeline, options);
  const refusal = await act(move);
  await appendDecisions(tx, move.changes.decisions);
  if (refusal) return { refusal };
  const { runs, events } = await startRuns(tx, [pipeline.id], options);
  await appendEvents(tx, [...move.changes.events, ...events], options.now);
  return { runs: [...move.changes.runs, ...runs] };
}
