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

/** What the one decision about a start says beside its outcome, whatever number of triggers it fulfils: of each kind the first. */
export function aboutTaken(move: Pick<Move, 'pipeline' | 'now'>, taken: readonly WaitingTrigger[]) {
  const [publication, pass] = [taken.find(({ kind }) => kind === 'revision'), taken.find(({ kind }) => kind === 'pass')];
  const about = { at: move.now, pipelineId: move.pipeline.id, packageId: null, version: null };
  return { ...about, ...(pass && aboutTrigger(move, pass)), ...(publication && aboutTrigger(move, publication)) };
}
