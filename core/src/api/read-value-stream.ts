import type { Config } from '../config/config.ts';
import type { Actor } from '../engine/actor.ts';
import { findPipeline, listPipelineNames } from '../store/pipelines.ts';
import { readPublishing } from '../store/publications.ts';
import { findRun } from '../store/runs.ts';
import type { Tx } from '../store/store.ts';
import type { NodeKey } from '../store/value-stream/graph.ts';
import { traceValueStream, type ValueStream } from '../store/value-stream/value-stream.ts';
import { mayViewPipeline } from './access/visible.ts';
import type { OfRun } from './view-run.ts';

/** Who looks, at which configuration. */
interface Looking {
  readonly config: Config;
  readonly actor: Actor;
}

/**
 * Traces the value stream of a run, as somebody may see it; undefined where there is no such run, or none any
 * more.
 */
export async function traceRun(
  tx: Tx,
  { pipeline, counter }: OfRun,
  looking: Looking,
): Promise<ValueStream | undefined> {
  const pipelineId = await findPipeline(tx, pipeline);
  const id = pipelineId === undefined ? undefined : await findRun(tx, pipelineId, counter);
  return id === undefined ? undefined : traceVisible(tx, { kind: 'run', id }, looking);
}

/** Traces the value stream of a node, as somebody may see it. */
export async function traceVisible(tx: Tx, root: NodeKey, { config, actor }: Looking): Promise<ValueStream> {
  const names = await listPipelineNames(tx);
  const isVisible = (pipelineId: number) => mayViewPipeline(actor, config, names.get(pipelineId) ?? '');
  return traceValueStream(tx, root, { publishing: await readPublishing(tx, config), isVisible });
}
