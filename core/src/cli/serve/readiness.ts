import { setTimeout as wait } from 'node:timers/promises';
import type { Depths } from '../../api/metrics.ts';
import type { Config } from '../../config/config.ts';
import { describeHold } from '../../pipelines/describe-hold.ts';
import { countOpenAttempts } from '../../store/attempts.ts';
import { countDuePolls } from '../../store/due-polls.ts';
import { type Hold, readHold } from '../../store/hold.ts';
import { isConfigurationActive } from '../../store/nodes.ts';
import type { Store, Tx } from '../../store/store.ts';
import { countWaitingTriggers } from '../../store/triggers.ts';
import type { Room } from './disk.ts';

/** How long the store may take to answer, in milliseconds. */
const answerMs = 2_000;

/** Why this node takes no work now; empty when it does. */
export async function findReasonsNotReady(store: Store, { hash, minFree }: Config, room: Room): Promise<readonly string[]> {
  const found = await askAtOnce(store, hash);
  return [
    ...(found === undefined ? ['the store does not answer'] : []),
    ...(found?.isActive === false ? ['another node has loaded another configuration, which is the active one'] : []),
    ...(found?.hold ? [describeHold(found.hold)] : []),
    ...(room.isEnough(minFree) ? [] : ['the disk has less room than minFree asks for; nothing new starts']),
  ];
}

interface Standing {
  readonly isActive: boolean;
  readonly hold: Hold | undefined;
}

/** Undefined where the store does not answer: who asks whether it is ready waits for it no longer than {@link answerMs}. */
async function askAtOnce(store: Store, hash: string): Promise<Standing | undefined> {
  const read = async (tx: Tx) => ({ isActive: await isConfigurationActive(tx, hash), hold: await readHold(tx) });
  const late = new AbortController();
  const tooLate = wait(answerMs, undefined, { signal: late.signal, ref: false }).catch(() => undefined);
  const standing = store.read(read, 0).catch(() => undefined);
  return Promise.race([standing, tooLate]).finally(() => late.abort());
}

/** How much work waits. */
export async function readDepths(store: Store, now: number): Promise<Depths> {
  return store.read(async (tx) => {
    const { due, started } = await countOpenAttempts(tx);
    return { triggers: await countWaitingTriggers(tx), attempts: due + started, polls: await countDuePolls(tx, now) };
  });
}
