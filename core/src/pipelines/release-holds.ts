import { findHeldPipelines } from '../store/pipelines.ts';
import type { Tx } from '../store/store.ts';
import type { Changes } from './changes.ts';
import { type StartOptions, startRuns } from './start-runs.ts';

/**
 * Lets runs go on that were held for revisions which are as they should be by now: acknowledged, or published again.
 *
 * Call it in the transaction that changed these revisions.
 */
export async function releaseHolds(tx: Tx, revisionIds: readonly number[], options: StartOptions): Promise<Changes> {
  return startRuns(tx, await findHeldPipelines(tx, revisionIds), options);
}
