import { groupRows } from './group-rows.ts';
import type { Tx } from './store.ts';

/** That nothing enters a level. Times in milliseconds. */
export interface Freeze {
  /** Of which package; null is of all. */
  readonly packageId: number | null;
  readonly person: string;
  readonly comment: string;
  readonly at: number;
  /** For ever, until somebody unfreezes it, where it is null. */
  readonly until: number | null;
}

/** The freezes of levels, by the level's id, those that are over by now too. */
export async function readFreezes(
  tx: Tx,
  levelIds: readonly number[],
): Promise<ReadonlyMap<number, readonly Freeze[]>> {
  const rows = await tx.db
    .selectFrom('freeze')
    .select(['level_id', 'package_id as packageId', 'person', 'comment', 'at', 'until'])
    .where('level_id', 'in', levelIds)
    .orderBy('id')
    .execute();
  const freezes = rows.map(({ level_id, ...freeze }) => ({ levelId: level_id, freeze }));
  return groupRows(
    freezes,
    ({ levelId }) => levelId,
    ({ freeze }) => freeze,
  );
}

/** Freezes a level, of one package or of all, in place of what froze just that before. */
export async function insertFreeze(tx: Tx, levelId: number, { packageId, ...freeze }: Freeze): Promise<void> {
  await deleteFreeze(tx, levelId, packageId);
  await tx.db
    .insertInto('freeze')
    .values({ level_id: levelId, package_id: packageId, ...freeze })
    .execute();
}

/** Lets a level be entered again, by one package or by all. */
export async function deleteFreeze(tx: Tx, levelId: number, packageId: number | null): Promise<void> {
  await tx.db
    .deleteFrom('freeze')
    .where('level_id', '=', levelId)
    .where('package_id', packageId === null ? 'is' : '=', packageId)
    .execute();
}
