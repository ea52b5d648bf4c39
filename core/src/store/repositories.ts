import type { Tx } from './store.ts';

/** A repository as adopting a configuration needs it. */
export interface StoredRepository {
  readonly id: number;
  readonly name: string;
  readonly active: boolean;
  readonly fingerprint: string;
  readonly dueAt: number | null;
}

/** What a configuration says of a repository that is stored. */
export type RepositoryRevision = Pick<StoredRepository, 'active' | 'fingerprint' | 'dueAt'>;

/** Every repository ever. */
export async function loadRepositories(tx: Tx): Promise<readonly StoredRepository[]> {
  const rows = await tx.db
    .selectFrom('repository')
    .select(['id', 'name', 'active', 'fingerprint', 'due_at as dueAt'])
    .execute();
  return rows.map((row) => ({ ...row, active: row.active === 1 }));
}

/** Adds a repository; answers its id. */
export async function insertRepository(tx: Tx, name: string, fingerprint: string): Promise<number> {
  const row = await tx.db
    .insertInto('repository')
    .values({ name, active: 1, fingerprint })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Gives a repository another name; its history stays its own. */
export async function renameRepository(tx: Tx, id: number, name: string): Promise<void> {
  await tx.db.updateTable('repository').set({ name }).where('id', '=', id).execute();
}

/**
 * Changes what the configuration says of a repository. Its cursor goes with the fingerprint that it was made
 * under.
 */
export async function reviseRepository(
  tx: Tx,
  { id, fingerprint: before }: StoredRepository,
  { active, fingerprint, dueAt }: RepositoryRevision,
): Promise<void> {
  await tx.db
    .updateTable('repository')
    .set({
      active: active ? 1 : 0,
      fingerprint,
      due_at: dueAt,
      ...(fingerprint !== before && { cursor: null }),
    })
    .where('id', '=', id)
    .execute();
}
