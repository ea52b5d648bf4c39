import type { CallbackKey } from '../../store/callback-keys.ts';
import type { Store } from '../../store/store.ts';
import { readReport, rememberWork } from '../../store/work-elsewhere.ts';
import type { Elsewhere } from '../../targets/target.ts';
import { writeCallback } from './callback.ts';
import type { ClaimedJob } from './claim-jobs.ts';
import type { Looks } from './looks.ts';

/** What following work on other servers needs. */
export interface ElsewhereSurroundings {
  readonly store: Store;
  readonly looks: Pick<Looks, 'bellOf'>;
  /** Where this server, or any of its equals, is reached. */
  readonly address: () => string;
  /** This node's, published. */
  readonly callbackKey: CallbackKey;
}

/** What is known of a job's work on another server, kept in the store. */
export function makeElsewhere(
  { facts, lease }: ClaimedJob,
  { store, looks, address, callbackKey }: ElsewhereSurroundings,
): Elsewhere {
  const { key, memory } = facts.attempt;
  const bell = looks.bellOf(lease.id);
  return {
    memory: memory === null ? undefined : JSON.parse(memory),
    remember: (now) => store.transact((tx) => rememberWork(tx, lease, JSON.stringify(now), now.link)),
    look: (signal) => bell.wait(signal),
    readReport: () => store.transact((tx) => readReport(tx, lease.id)),
    callback: async (expires) => writeCallback(address(), { key, expires }, callbackKey),
  };
}
