import type { RetentionConfig } from '../config/config.ts';
import { prunePolls } from '../store/polls.ts';
import {
  deleteCommitMarks,
  deleteDeadLetters,
  deleteDecisions,
  deleteEvents,
  deleteLogs,
  deleteRuns,
} from '../store/retention.ts';
import type { Store, Tx } from '../store/store.ts';

const rowsAtOnce = 500;
/** They are small, many, and found by reading all. */
const marksAtOnce = 20_000;
/** A node asks within seconds whether its commit arrived. */
const marksMs = 3_600_000;
/** Deleting a run or a log deletes many rows. */
const treesAtOnce = 20;

/**
 * Deletes what is kept no longer: polls, decisions and events, logs of jobs that ended, and runs beyond the
 * newest. The ledger and triggers stay. Many small transactions, so that nobody waits long; ends early when
 * the signal aborts.
 */
export async function deleteOld(
  store: Store,
  retention: RetentionConfig,
  now: number,
  signal: AbortSignal,
): Promise<void> {
  const { logsMs, pollsMs, decisionsMs, runs } = retention;
  const steps: readonly (readonly [number, (tx: Tx) => Promise<number>])[] = [
    [rowsAtOnce, (tx) => prunePolls(tx, now - pollsMs, rowsAtOnce)],
    [rowsAtOnce, (tx) => deleteDecisions(tx, now - decisionsMs, rowsAtOnce)],
    [rowsAtOnce, (tx) => deleteDeadLetters(tx, now - decisionsMs, rowsAtOnce)],
    [rowsAtOnce, (tx) => deleteEvents(tx, now - decisionsMs, rowsAtOnce)],
    [marksAtOnce, (tx) => deleteCommitMarks(tx, now - marksMs, marksAtOnce)],
    [treesAtOnce, (tx) => deleteLogs(tx, now - logsMs, treesAtOnce)],
    [treesAtOnce, (tx) => deleteRuns(tx, runs, treesAtOnce)],
  ];
  for (const [atOnce, step] of steps) {
    while (!signal.aborted && (await store.transact(step)) === atOnce);
  }
}
