import { setTimeout as wait } from 'node:timers/promises';
import type { Depths } from '../../api/metrics.ts';
import type { Config } from '../../config/config.ts';
import { countOpenAttempts } from '../../store/attempts.ts';
import { countDuePolls } from '../../store/due-polls.ts';
import { isConfigurationActive } from '../../store/nodes.ts';
import type { Store } from '../../store/store.ts';
import { countWaitingTriggers } from '../../store/triggers.ts';
import type { Room } from './disk.ts';

/** How long the store may take to answer, in milliseconds. */
const answerMs = 2_000;

/** Why this node takes no work now; empty when it does. */
export async function findReasonsNotReady(
  store: Store,
  { hash, minFree }: Config,
  room: Room,
): Promise<readonly string[]> {
  const isActive = await askAtOnce(store, hash);
  return [
    ...(isActive === undefined ? ['the store does not answer'] : []),
    ...(isActive === false ? ['another node has loaded another configuration, which is the active one'] : []),
    ...(room.isEnough(minFree) ? [] : ['the disk has less room than minFree asks for; nothing new starts']),
  ];
}

/**
 * Undefined where the store does not answer: who asks whether it is ready waits for it no longer than {@link
 * answerMs}.
 */
async function askAtOnce(store: Store, hash: string): Promise<boolean | undefined> {
  const late = new AbortController();
  const tooLate = wait(answerMs, undefined, { signal: late.signal, ref: false }).catch(() => undefined);
  const isActive = store.read((tx) => isConfigurationActive(tx, hash), 0).catch(() => undefined);
  return Promise.race([isActive, tooLate]).finally(() => late.abort());
}

/** How much work waits. */
export async function readDepths(store: Store, now: number): Promise<Depths> {
  return store.read(async (tx) => {
    const { due, started } = await countOpenAttempts(tx);
    return {
      triggers: await countWaitingTriggers(tx),
      attempts: due + started,
      polls: await countDuePolls(tx, now),
    };
  });
}
