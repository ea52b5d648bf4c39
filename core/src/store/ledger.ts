import type { Revision } from '@sluice/plugin-sdk';
import { type Selectable, sql } from 'kysely';
import { chunk } from './chunk.ts';
import { groupRows } from './group-rows.ts';
import { toColumns, toFacts } from './revision-facts.ts';
import type { RevisionTable } from './schema.ts';
import type { Tx } from './store.ts';

/** Whether a revision is there as it was published, with other bytes, or not any more. */
export type RevisionState = RevisionTable['state'];

/** A revision as the ledger has it. */
export interface RecordedRevision {
  readonly id: number;
  readonly rank: number;
  readonly state: RevisionState;
  readonly facts: Revision;
  /** Milliseconds. */
  readonly detectedAt: number;
  /** Since when answers have lacked it, in milliseconds. */
  readonly missingSince: number | undefined;
  /** Whether the present selection has shown it. */
  readonly selected: boolean;
  /** Whether its bytes changed and nobody has acknowledged them. */
  readonly unacknowledged: boolean;
  /** What its digests were before its bytes changed, while nobody has acknowledged the new ones. */
  readonly replaced: Revision['digests'];
  /** Whether the plugin's `describe` has filled it in. */
  readonly described: boolean;
  /** How often its bytes changed. */
  readonly edition: number;
}

/** A revision to be recorded for the first time, published. */
export interface NewRevision {
  readonly packageId: number;
  readonly facts: Revision;
  readonly rank: number;
  readonly described: boolean;
  readonly detectedAt: number;
}

/** What changes of a recorded revision; what is left out stays. */
export interface RevisionPatch {
  readonly facts?: Revision;
  readonly state?: RevisionState;
  readonly missingSince?: number | null;
  readonly selected?: boolean;
  readonly unacknowledged?: boolean;
  readonly replaced?: Revision['digests'] | null;
  readonly described?: boolean;
  readonly edition?: number;
}

/** Everything ever seen of some packages, by package, lowest rank first. */
export async function loadLedgers(
  tx: Tx,
  packageIds: readonly number[],
): Promise<ReadonlyMap<number, readonly RecordedRevision[]>> {
  const rows = await tx.db
    .selectFrom('revision')
    .selectAll()
    .where('package_id', 'in', [...packageIds, 0])
    .orderBy('package_id')
    .orderBy('rank')
    .execute();
  return groupRows(rows, (row) => row.package_id, readRevision);
}

/** Turns a row into a revision. */
export function readRevision(row: Selectable<RevisionTable>): RecordedRevision {
  return {
    id: row.id,
    rank: row.rank,
    state: row.state,
    facts: toFacts(row),
    detectedAt: row.detected_at,
    missingSince: row.missing_since ?? undefined,
    selected: row.selected === 1,
    unacknowledged: row.unacknowledged === 1,
    replaced: row.replaced_digests === null ? undefined : JSON.parse(row.replaced_digests),
    described: row.described === 1,
    edition: row.edition,
  };
}

/** Records revisions; answers their ids by package and version. */
export async function insertRevisions(
  tx: Tx,
  revisions: readonly NewRevision[],
): Promise<readonly { readonly id: number; readonly packageId: number; readonly version: string }[]> {
  const inserted = [];
  for (const some of chunk(revisions)) {
    const rows = some.map(({ packageId, facts, rank, described, detectedAt }) => ({
      package_id: packageId,
      ...toColumns(facts),
      state: 'published' as const,
      rank,
      detected_at: detectedAt,
      selected: 1 as const,
      unacknowledged: 0 as const,
      described: described ? (1 as const) : (0 as const),
    }));
    inserted.push(
      ...(await tx.db
        .insertInto('revision')
        .values(rows)
        .returning(['id', 'package_id as packageId', 'version'])
        .execute()),
    );
  }
  return inserted;
}

/** Changes recorded revisions; those that change alike are written together. */
export async function patchRevisions(
  tx: Tx,
  patches: readonly { readonly id: number; readonly patch: RevisionPatch }[],
): Promise<void> {
  const alike = Map.groupBy(patches, ({ patch }) => JSON.stringify(patch));
  for (const group of alike.values()) {
    const columns = toPatchColumns(group[0]?.patch ?? {});
    for (const some of chunk(group)) {
      const ids = some.map(({ id }) => id);
      await tx.db.updateTable('revision').set(columns).where('id', 'in', ids).execute();
    }
  }
}

function toPatchColumns({
  facts,
  state,
  missingSince,
  edition,
  replaced,
  ...flags
}: RevisionPatch): Partial<Selectable<RevisionTable>> {
  return {
    ...(facts && toColumns(facts)),
    ...(state && { state }),
    ...(missingSince !== undefined && { missing_since: missingSince }),
    ...(edition !== undefined && { edition }),
    ...(replaced !== undefined && { replaced_digests: replaced && JSON.stringify(replaced) }),
    ...Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, flag ? 1 : 0])),
  };
}

/** Gives revisions other ranks. */
export async function moveRanks(
  tx: Tx,
  moves: readonly { readonly id: number; readonly rank: number }[],
): Promise<void> {
  for (const some of chunk(moves)) {
    const rows = sql.join(some.map(({ id, rank }) => sql`(cast(${id} as bigint), cast(${rank} as integer))`));
    // Both databases call the columns of a bare list of values column1 and column2.
    await sql`update revision set rank = moved.column2 from (values ${rows}) as moved where id = moved.column1`.execute(
      tx.db,
    );
  }
}

/** Records versions that broke a rule of the boundary. */
export async function recordRefused(
  tx: Tx,
  refused: readonly {
    readonly packageId: number;
    readonly version: string;
    readonly reason: string;
    readonly at: number;
  }[],
): Promise<void> {
  for (const some of chunk(refused)) {
    const rows = some.map(({ packageId, ...rest }) => ({ package_id: packageId, ...rest }));
    await tx.db
      .insertInto('refused')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['package_id', 'version']).doNothing())
      .execute();
  }
}
