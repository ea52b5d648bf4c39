import { attemptIsOpen } from './index-conditions.ts';
import type { Tx } from './store.ts';

/** Where a node's id stands, that of nobody. */
const nobody = 'before the restore';

/**
 * Leaves the attempts that have begun to nobody, so that whoever takes one up records it as orphaned, and the
 * job's `onDoubt` decides. Work that another server has taken and has a name for is still asked for there.
 */
export async function leaveToNobody(tx: Tx): Promise<void> {
  const begun = await tx.db
    .selectFrom('attempt')
    .select(['id', 'memory'])
    .where(attemptIsOpen)
    .where('state', '=', 'started')
    .execute();
  const lost = begun.filter(({ memory }) => !isWithOthers(memory)).map(({ id }) => id);
  for (const id of lost)
    await tx.db.updateTable('attempt').set({ node: nobody }).where('id', '=', id).execute();
}

function isWithOthers(memory: string | null): boolean {
  const { state }: { readonly state?: string } = memory === null ? {} : JSON.parse(memory);
  return state === 'accepted' || state === 'started';
}
