import { type LastAutomatic, readLastAutomatic, readNewestPassed, type TracedRun } from '../store/provenance.ts';
import { type Pin, readPreviousPins } from '../store/runs.ts';
import type { Tx } from '../store/store.ts';
import { readAllWaitingTriggers, type WaitingTrigger } from '../store/triggers.ts';
import { type SharedReads, shareReads } from './fan-in/shared-reads.ts';

/** What a look at several pipelines reads of the store: what concerns each of them is read for all at once. */
export interface LookReads extends SharedReads {
  /** Oldest first. */
  readonly waitingTriggers: (pipelineId: number) => Promise<readonly WaitingTrigger[] | undefined>;
  readonly lastAutomatic: (pipelineId: number) => Promise<LastAutomatic | undefined>;
  /** What the newest run pinned. */
  readonly previousPins: (pipelineId: number) => Promise<readonly Pin[] | undefined>;
}

/** Reads for a look at some pipelines, in one transaction. */
export function readForLook(tx: Tx, pipelineIds: readonly number[]): LookReads {
  const shared = shareReads(tx);
  return {
    ...shared,
    passedRuns: knowNewest(tx, pipelineIds, shared.passedRuns),
    waitingTriggers: readAhead(pipelineIds, (ids) => readAllWaitingTriggers(tx, ids)),
    lastAutomatic: readAhead(pipelineIds, (ids) => readLastAutomatic(tx, ids)),
    previousPins: readAhead(pipelineIds, (ids) => readPreviousPins(tx, ids)),
  };
}

/** Answers for the newest run that passed a stage, which is asked for most, from what was read for all pipelines at once. */
function knowNewest(tx: Tx, pipelineIds: readonly number[], ask: SharedReads['passedRuns']): SharedReads['passedRuns'] {
  let ahead: Promise<ReadonlyMap<string, TracedRun>> | undefined;
  const nameOf = (pipeline: number, stage: string) => `${pipeline} ${stage}`;
  return async (query) => {
    const { pipelineId, stage, runId, value, above, below, limit } = query;
    const isNewestAsked = !value && above === undefined && below === undefined && limit === 1;
    if (!isNewestAsked || pipelineIds.length === 0) return ask(query);
    ahead ??= readNewestPassed(tx, pipelineIds).then(
      (all) => new Map(all.map((one) => [nameOf(one.run.pipelineId, one.run.stage), one])),
    );
    const newest = (await ahead).get(nameOf(pipelineId, stage));
    return newest && (runId === undefined || runId === newest.run.id) ? [newest] : ask(query);
  };
}

/**
 * Reads for all pipelines when the first one asks. Nothing that is done to one changes what is read of another; whoever asks a second
 * time has started a run meanwhile, and is answered anew.
 */
function readAhead<Answer>(
  pipelineIds: readonly number[],
  read: (ids: readonly number[]) => Promise<ReadonlyMap<number, Answer>>,
): (id: number) => Promise<Answer | undefined> {
  let ahead: Promise<ReadonlyMap<number, Answer>> | undefined;
  const unasked = new Set(pipelineIds);
  return async (id) => {
    if (!unasked.delete(id)) return (await read([id])).get(id);
    ahead ??= read(pipelineIds);
    return (await ahead).get(id);
  };
}
