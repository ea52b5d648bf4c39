import { happen, type RunChange } from '../engine/happen.ts';
import type { InForce } from '../engine/in-force.ts';
import { assertLease, type Lease } from '../store/leases.ts';
import { isConfigurationActive } from '../store/nodes.ts';
import type { Tx } from '../store/store.ts';
import { ConfigurationChanged } from './interruption.ts';
import { type ReadyAnswer, type Recording, recordAnswers } from './record-answers.ts';

/** What committing needs beside the answers. */
export interface CommitOptions extends Recording, InForce {
  readonly lease: Lease;
}

/**
 * Commits what answers change, and all that follows: revisions, ranks, cursors, triggers, decisions, runs,
 * attempts, events.
 *
 * Throws `LeaseLost` or {@link ConfigurationChanged} where this node may not commit it.
 */
export async function commitAnswers(
  tx: Tx,
  ready: readonly ReadyAnswer[],
  options: CommitOptions,
): Promise<readonly RunChange[]> {
  await assertOurs(tx, options);
  const recorded = await recordAnswers(tx, ready, options);
  const poll = `${options.lease.id}:${options.lease.fence}`;
  const news = recorded.map((one) => one.news);
  const events = recorded.flatMap((one) => one.events);
  return (await happen(tx, { kind: 'published', news, poll }, options, events)).runs;
}

/** Makes sure that what was done under a lease, with a configuration, may still be committed. */
export async function assertOurs(
  tx: Tx,
  { lease, config }: Pick<CommitOptions, 'lease' | 'config'>,
): Promise<void> {
  if (!(await isConfigurationActive(tx, config.hash))) throw new ConfigurationChanged();
  await assertLease(tx, lease);
}
