import { type PinnableRevision, readPinnable, readStartable, type Startable } from '../../store/pinnable.ts';
import { nameRevisions, type PassedQuery, readMoves, readPassedRuns, type TracedRun } from '../../store/provenance.ts';
import type { Tx } from '../../store/store.ts';

/** What fan-in reads of the store, once for all pipelines that are looked at together: nothing of it changes meanwhile. */
export interface SharedReads {
  readonly passedRuns: (query: PassedQuery) => Promise<readonly TracedRun[]>;
  readonly startable: (query: Startable) => Promise<readonly PinnableRevision[]>;
  readonly revision: (id: number) => Promise<PinnableRevision | undefined>;
  readonly names: (revisionIds: readonly number[]) => ReturnType<typeof nameRevisions>;
  readonly moves: (packageIds: readonly number[]) => ReturnType<typeof readMoves>;
}

/** Reads for one transaction. */
export function shareReads(tx: Tx): SharedReads {
  return {
    passedRuns: remember((query) => readPassedRuns(tx, query)),
    startable: remember((query) => readStartable(tx, query)),
    revision: remember(async (id) => (await readPinnable(tx, [id])).get(id)),
    names: remember((ids) => nameRevisions(tx, ids)),
    moves: remember((ids) => readMoves(tx, ids)),
  };
}

/** Asks each question once. */
export function remember<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  const known = new Map<string, Promise<Answer>>();
  return (question) => {
    const key = JSON.stringify(question);
    const answer = known.get(key) ?? ask(question);
    known.set(key, answer);
    return answer;
  };
}
