import type { Changes } from '../pipelines/changes.ts';
import { type StartOptions, startRuns } from '../pipelines/start-runs.ts';
import { insertAcknowledgement, lockRevision } from '../store/acknowledgements.ts';
import { strongestDigest } from '../store/digests.ts';
import { appendEvents } from '../store/events.ts';
import { loadListeners } from '../store/listeners.ts';
import { findHeldPipelines } from '../store/pipelines.ts';
import { findPackageId } from '../store/read-repositories.ts';
import type { Tx } from '../store/store.ts';

/** Somebody's word that new bytes are right. */
export interface Acknowledgement {
  readonly repository: string;
  readonly package: string;
  readonly version: string;
  /** `algorithm:hex`: the very bytes that are meant. */
  readonly digest: string;
  readonly comment: string;
  /** Who gives it. */
  readonly by: string;
}

/** What came of it: `moved on` where the revision has other bytes by now, or needs no word. */
export type Acknowledged = 'done' | 'unknown' | 'moved on';

/** Takes somebody's word for a republished revision: it is published again, which starts nothing, and holds no stage any longer. */
export async function acknowledge(
  tx: Tx,
  given: Acknowledgement,
  options: StartOptions,
): Promise<{ readonly result: Acknowledged; readonly runs: Changes['runs'] }> {
  const packageId = await findPackageId(tx, given.repository, given.package);
  const revision = packageId === undefined ? undefined : await lockRevision(tx, packageId, given.version);
  if (packageId === undefined || !revision) return { result: 'unknown', runs: [] };
  const isMeant = revision.unacknowledged && strongestDigest(revision.facts.digests) === given.digest;
  if (!isMeant) return { result: 'moved on', runs: [] };
  await insertAcknowledgement(tx, revision, given, options.now);
  const listeners = await loadListeners(tx, [packageId]);
  const pipelineIds = [...listeners.map(({ pipelineId }) => pipelineId), ...(await findHeldPipelines(tx))];
  const { runs, events } = await startRuns(tx, pipelineIds, options);
  await appendEvents(tx, events, options.now);
  return { result: 'done', runs };
}
