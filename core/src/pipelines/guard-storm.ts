import type { Config } from '../config/config.ts';
import type { NewDecision } from '../store/decisions.ts';
import { readPipelineNames } from '../store/pipelines.ts';
import { nameRevisions } from '../store/provenance.ts';
import type { Tx } from '../store/store.ts';
import { countRunsOfPoll, type TriggerWish } from '../store/triggers.ts';

/** Which poll brings wishes: its repository's id and the fence of its lease. */
export interface StormSurroundings {
  readonly config: Config;
  readonly poll: string;
}

/**
 * Holds wishes beyond the number of runs that one poll may start in a pipeline (`maxNewRuns`), the newest ones, and says so; the others
 * pass. What a poll commits in several transactions is counted together. Wishes of `latest` that come together start one run.
 */
export async function guardStorm(
  tx: Tx,
  wishes: readonly TriggerWish[],
  { config, poll }: StormSurroundings,
): Promise<{ readonly wishes: readonly TriggerWish[]; readonly decisions: readonly NewDecision[] }> {
  const starting = Map.groupBy(
    wishes.filter(({ state }) => state !== 'dropped'),
    ({ pipelineId }) => pipelineId,
  );
  const names = await readPipelineNames(tx, [...starting.keys()]);
  const held = new Set<TriggerWish>();
  const decisions: NewDecision[] = [];
  for (const [pipelineId, ofPipeline] of starting) {
    const limit = config.pipelines.get(names.get(pipelineId) ?? '')?.maxNewRuns ?? 0;
    const before = await countRunsOfPoll(tx, pipelineId, poll);
    const beyond = findBeyond(ofPipeline, Math.max(0, limit - before));
    for (const wish of beyond) held.add(wish);
    decisions.push(...(await explain(tx, beyond, limit)));
  }
  return { wishes: wishes.map((wish) => ({ ...wish, poll, ...(held.has(wish) && { state: 'held' as const }) })), decisions };
}

/** Those for which there is no room: each of `every` needs a run of its own, those of `latest` start one together. */
function findBeyond(wishes: readonly TriggerWish[], room: number): readonly TriggerWish[] {
  if (room === 0) return wishes;
  const each = wishes.filter(({ mode }) => mode === 'every');
  return each.slice(each.length < wishes.length ? room - 1 : room);
}

async function explain(tx: Tx, held: readonly TriggerWish[], limit: number): Promise<readonly NewDecision[]> {
  const names = await nameRevisions(
    tx,
    held.map(({ revisionId }) => revisionId),
  );
  return held.map(({ pipelineId, packageId, revisionId, version, createdAt }) => ({
    ...{ at: createdAt, pipelineId, packageId, version, runId: null },
    outcome: 'held',
    reason: `${version}: one poll may start ${limit} runs here (maxNewRuns); take or drop the rest that it would start`,
    materials: { [names.get(revisionId)?.package ?? '']: version },
  }));
}
