import type { Depths } from '../../api/metrics.ts';
import type { Config } from '../../config/config.ts';
import { describeHold } from '../../pipelines/describe-hold.ts';
import { countOpenAttempts } from '../../store/attempts.ts';
import { countDuePolls } from '../../store/due-polls.ts';
import { readHold } from '../../store/hold.ts';
import { isConfigurationActive } from '../../store/nodes.ts';
import type { Store } from '../../store/store.ts';
import { countWaitingTriggers } from '../../store/triggers.ts';
import type { Room } from './disk.ts';

/** Why this node takes no work now; empty when it does. */
export async function findReasonsNotReady(store: Store, { hash, minFree }: Config, room: Room): Promise<readonly string[]> {
  const found = await store
    .read(async (tx) => ({ isActive: await isConfigurationActive(tx, hash), hold: await readHold(tx) }))
    .catch(() => undefined);
  return [
    ...(found === undefined ? ['the store does not answer'] : []),
    ...(found?.isActive === false ? ['another node has loaded another configuration, which is the active one'] : []),
    ...(found?.hold ? [describeHold(found.hold)] : []),
    ...(room.isEnough(minFree) ? [] : ['the disk has less room than minFree asks for; nothing new starts']),
  ];
}

/** How much work waits. */
export async function readDepths(store: Store, now: number): Promise<Depths> {
  return store.read(async (tx) => {
    const { due, started } = await countOpenAttempts(tx);
    return { triggers: await countWaitingTriggers(tx), attempts: due + started, polls: await countDuePolls(tx, now) };
  });
}
