import type { Changes as RunChanges } from '../pipelines/changes.ts';
import { guardStorm } from '../pipelines/guard-storm.ts';
import { type StartOptions, startRuns } from '../pipelines/start-runs.ts';
import { appendDecisions } from '../store/decisions.ts';
import { appendEvents } from '../store/events.ts';
import { assertLease, type Lease } from '../store/leases.ts';
import { type Listener, loadListeners, noteBaselines } from '../store/listeners.ts';
import { isConfigurationActive } from '../store/nodes.ts';
import { findHeldPipelines } from '../store/pipelines.ts';
import type { Tx } from '../store/store.ts';
import { insertTriggers } from '../store/triggers.ts';
import { ConfigurationChanged } from './interruption.ts';
import { type ReadyAnswer, type RecordedAnswer, type Recording, recordAnswers } from './record-answers.ts';
import { decideStarts } from './start-wishes.ts';

/** What committing needs beside the answers. */
export interface CommitOptions extends Recording, StartOptions {
  readonly lease: Lease;
}

/**
 * Commits what answers change, and all that follows: revisions, ranks, cursors, triggers, decisions, runs, attempts, events.
 *
 * Throws `LeaseLost` or {@link ConfigurationChanged} where this node may not commit it.
 */
export async function commitAnswers(tx: Tx, ready: readonly ReadyAnswer[], options: CommitOptions): Promise<RunChanges['runs']> {
  await assertOurs(tx, options);
  const recorded = await recordAnswers(tx, ready, options);
  const listeners = await loadListeners(
    tx,
    recorded.map(({ news }) => news.packageId),
  );
  const byPackage = Map.groupBy(listeners, ({ packageId }) => packageId);
  const heard = recorded.flatMap((one) => (byPackage.get(one.news.packageId) ?? []).flatMap((who) => hear(one, who) ?? []));
  const guarded = await guardStorm(
    tx,
    heard.flatMap(({ wishes }) => wishes),
    { config: options.config, poll: `${options.lease.id}:${options.lease.fence}` },
  );
  await insertTriggers(tx, guarded.wishes);
  await appendDecisions(tx, [...heard.flatMap(({ decisions }) => decisions), ...guarded.decisions]);
  await noteBaselines(
    tx,
    heard.map(({ listener }) => listener).filter(({ baseline }) => baseline),
    options.now,
  );
  const touched = new Set(ready.filter(isTouched).map(({ due }) => due.id));
  const affected = heard.filter(({ listener }) => listener.baseline || touched.has(listener.packageId));
  const held = touched.size > 0 ? await findHeldPipelines(tx) : [];
  const { runs, events } = await startRuns(
    tx,
    [...new Set([...affected.map(({ listener }) => listener.pipelineId), ...held])],
    options,
  );
  await appendEvents(tx, [...recorded.flatMap((one) => one.events), ...events], options.now);
  return runs;
}

/** Makes sure that what was done under a lease, with a configuration, may still be committed. */
export async function assertOurs(tx: Tx, { lease, config }: Pick<CommitOptions, 'lease' | 'config'>): Promise<void> {
  if (!(await isConfigurationActive(tx, config.hash))) throw new ConfigurationChanged();
  await assertLease(tx, lease);
}

/** Whether an answer changed what a run depends on. */
function isTouched({ prepared: { changes }, state }: ReadyAnswer): boolean {
  return changes.fresh.length > 0 || changes.changed.length > 0 || changes.pointer !== state.pointer;
}

function hear({ news, conclusive }: RecordedAnswer, listener: Listener) {
  if (listener.baseline && !conclusive) return undefined;
  return { listener, ...decideStarts(news, listener) };
}
