import type { WaitingTrigger } from '../store/triggers.ts';
import type { Move } from './changes.ts';

/** What a decision about a trigger says beside its outcome. */
export function aboutTrigger({ pipeline, now }: Pick<Move, 'pipeline' | 'now'>, trigger: WaitingTrigger) {
  const at = { at: now, pipelineId: pipeline.id };
  if (trigger.kind === 'revision') {
    const { packageId, version, package: name } = trigger;
    return { ...at, packageId, version, materials: { [name]: version } };
  }
  const { upstream, counter, runId } = trigger;
  return { ...at, packageId: null, version: null, materials: { [upstream]: counter }, upstreamRunId: runId };
}
