import type { PassedQuery, TracedRun } from '../domain/provenance.ts';
import { matches } from '../domain/provenance.ts';
import { readFollowers } from '../store/packages.ts';
import { readPinnable, readPinnableVersion, readStartable } from '../store/pinnable.ts';
import {
  findStartedSet,
  nameRevisions,
  readMoves,
  readNewestPassed,
  readPassedRuns,
} from '../store/provenance.ts';
import { findRun } from '../store/runs.ts';
import type { Tx } from '../store/store.ts';
import { countRunsOfPoll, findWishedBefore } from '../store/triggers.ts';
import type { Draft } from './draft/draft.ts';
import { type AnswerBook, rememberAnswers } from './question.ts';

/** Answers from the store, as it was when the situation of some pipelines was read. */
export function openAnswerBook(tx: Tx, pipelineIds: readonly number[]): AnswerBook {
  return rememberAnswers({
    passedRuns: knowNewest(tx, pipelineIds),
    startable: (query) => readStartable(tx, query),
    revision: async (id) => (await readPinnable(tx, [id])).get(id),
    version: ({ packageId, version }) => readPinnableVersion(tx, packageId, version),
    run: ({ pipelineId, counter }) => findRun(tx, pipelineId, counter),
    names: (ids) => nameRevisions(tx, ids),
    moves: (ids) => readMoves(tx, ids),
    followers: (ids) => readFollowers(tx, ids),
    startedSet: ({ pipelineId, hash }) => findStartedSet(tx, pipelineId, hash),
    runsOfPoll: ({ pipelineId, poll }) => countRunsOfPoll(tx, pipelineId, poll),
    wishedBefore: (wishes) => findWishedBefore(tx, wishes),
  });
}

/** The newest run that passed a stage, which is asked for most, is read for all pipelines at once. */
function knowNewest(tx: Tx, pipelineIds: readonly number[]): AnswerBook['passedRuns'] {
  let newest: Promise<ReadonlyMap<string, TracedRun>> | undefined;
  const keyOf = ({ pipelineId, stage }: { readonly pipelineId: number; readonly stage: string }) =>
    `${pipelineId} ${stage}`;
  return async (query) => {
    const { runId, value, above, below, limit } = query;
    const isNewest = limit === 1 && [runId, value, above, below].every((narrowed) => narrowed === undefined);
    newest ??= readNewestPassed(tx, pipelineIds).then(
      (runs) => new Map(runs.map((one) => [keyOf(one.run), one])),
    );
    const known = (await newest).get(keyOf(query));
    if (known && (isNewest || (limit === 1 && runId === known.run.id))) return [known];
    return readPassedRuns(tx, query);
  };
}

/** The same answers, as if what a decision has changed so far were written. */
export function answerOver(draft: Draft, book: AnswerBook): AnswerBook {
  return {
    ...book,
    passedRuns: async (query) => {
      const fresh = draft.passed.filter((run) => matches(run, query));
      if (fresh.length > 0 && query.runId !== undefined) return fresh;
      const stored = await book.passedRuns(query);
      const gone = stored.filter((run) => isRedone(draft, run));
      if (fresh.length === 0 && gone.length === 0) return stored;
      const more =
        gone.length === 0 ? stored : await book.passedRuns({ ...query, limit: query.limit + gone.length });
      return mergeNewest([...fresh, ...more.filter((run) => !isRedone(draft, run))], query);
    },
    startedSet: async (about) =>
      draft.startedSets.get(`${about.pipelineId} ${about.hash}`) ?? book.startedSet(about),
  };
}

/** Whether a stage that a run has passed was begun again since. */
function isRedone(draft: Draft, { run }: TracedRun): boolean {
  const stage = draft.run(run.id)?.stages.find(({ name }) => name === run.stage);
  return stage !== undefined && stage.counter !== run.stageCounter;
}

function mergeNewest(runs: readonly TracedRun[], { limit }: PassedQuery): readonly TracedRun[] {
  const byId = new Map(runs.toReversed().map((run) => [run.run.id, run]));
  return [...byId.values()].toSorted((a, b) => b.run.id - a.run.id).slice(0, limit);
}
