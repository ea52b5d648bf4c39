import { happen, type RunChange } from '../engine/happen.ts';
import type { InForce } from '../engine/in-force.ts';
import { insertAcknowledgement, lockRevision } from '../store/acknowledgements.ts';
import { strongestDigest } from '../store/digests.ts';
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

/**
 * Takes somebody's word for a republished revision: it is published again, which starts nothing, and holds no
 * stage any longer.
 */
export async function acknowledge(
  tx: Tx,
  given: Acknowledgement,
  inForce: InForce,
): Promise<{ readonly result: Acknowledged; readonly runs: readonly RunChange[] }> {
  const packageId = await findPackageId(tx, given.repository, given.package);
  const revision = packageId === undefined ? undefined : await lockRevision(tx, packageId, given.version);
  if (packageId === undefined || !revision) return { result: 'unknown', runs: [] };
  const isMeant = revision.unacknowledged && strongestDigest(revision.facts.digests) === given.digest;
  if (!isMeant) return { result: 'moved on', runs: [] };
  await insertAcknowledgement(tx, revision, given, inForce.now);
  const { runs } = await happen(tx, { kind: 'observed', packageIds: [packageId] }, inForce);
  return { result: 'done', runs };
}
