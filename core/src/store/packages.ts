import { sql } from 'kysely';
import { chunk } from './chunk.ts';
import type { Tx } from './store.ts';

/** What is wrong, as the store keeps it. */
export interface StoredProblem {
  readonly code: string;
  readonly message: string;
}

/** A package that a poll asks about. */
export interface DuePackage {
  readonly id: number;
  readonly name: string;
  /** Undefined where the plugin is to tell everything. */
  readonly cursor: string | undefined;
  /** Whether there is something to do even where nothing changed. */
  readonly attention: boolean;
  readonly problem: StoredProblem | undefined;
}

/** What an answer is held against, beside the ledger. */
export interface PackageState {
  readonly id: number;
  readonly selection: string;
  readonly baseline: boolean;
  readonly pointer: string | undefined;
  readonly moves: number;
  readonly shrunkSince: number | undefined;
  readonly problem: StoredProblem | undefined;
  /** Whether its ranks were made by this plugin version and these settings. */
  readonly ranked: boolean;
}

/** What an answer leaves behind in its package's row. */
export interface PackageOutcome {
  readonly id: number;
  /** The selection that was asked for. */
  readonly selection: string;
  readonly baselineTaken: boolean;
  readonly pointer: string | undefined;
  readonly moves: number;
  readonly shrunkSince: number | undefined;
  readonly problem: StoredProblem | undefined;
  readonly cursor: string | undefined;
  /** When the plugin was asked without a cursor; undefined where it had one. */
  readonly askedAfreshAt: number | undefined;
  readonly fingerprint: string;
}

/** How long a cursor is trusted, in milliseconds. */
const cursorMs = 86_400_000;
const minuteMs = 60_000;

/** The packages of a repository, with the cursors that are still valid. */
export async function loadDuePackages(
  tx: Tx,
  {
    repositoryId,
    fingerprint,
    now,
  }: { readonly repositoryId: number; readonly fingerprint: string; readonly now: number },
): Promise<readonly DuePackage[]> {
  const rows = await tx.db
    .selectFrom('package')
    .select(['id', 'name', 'problem_code', 'problem_message'])
    .select(({ and, eb }) =>
      and([eb('cursor_fingerprint', '=', fingerprint), eb('cursor_at', '>', expireAt(now))]).as('fresh'),
    )
    .select('cursor')
    .select(({ or, eb, selectFrom }) =>
      or([
        eb('shrunk_since', 'is not', null),
        eb('problem_code', 'is not', null),
        eb('baseline', 'is', null),
        eb('baseline', '<>', eb.ref('selection')),
        eb('id', 'in', selectFrom('revision').select('package_id').where('missing_since', 'is not', null)),
        eb(
          'id',
          'in',
          selectFrom('listener').select('package_id').where('active', '=', 1).where('since', 'is', null),
        ),
      ]).as('attention'),
    )
    .where('repository_id', '=', repositoryId)
    .where('active', '=', 1)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    cursor: row.fresh && row.cursor !== null ? row.cursor : undefined,
    attention: Boolean(row.attention),
    problem: readProblem(row),
  }));
}

/** Cursors made at the same moment do not all expire at the same moment. */
function expireAt(now: number) {
  return sql<number>`${now - cursorMs} + (id % 60) * ${minuteMs}`;
}

/**
 * What answers of some packages are held against. Packages that are not in the configuration any more are
 * left out.
 */
export async function loadPackageStates(
  tx: Tx,
  packageIds: readonly number[],
  fingerprint: string,
): Promise<ReadonlyMap<number, PackageState>> {
  if (packageIds.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('package')
    .selectAll()
    .where('id', 'in', packageIds)
    .where('active', '=', 1)
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        selection: row.selection,
        baseline: row.baseline !== row.selection,
        pointer: row.pointer ?? undefined,
        moves: row.moves,
        shrunkSince: row.shrunk_since ?? undefined,
        problem: readProblem(row),
        ranked: row.baseline === row.selection && row.cursor_fingerprint === fingerprint,
      },
    ]),
  );
}

/** Reads a problem from its columns. */
export function readProblem(row: {
  readonly problem_code: string | null;
  readonly problem_message: string | null;
}): StoredProblem | undefined {
  return row.problem_code === null
    ? undefined
    : { code: row.problem_code, message: row.problem_message ?? '' };
}

/**
 * Notes what an answer left behind. Answers false where the package has another selection by now: then it
 * counts for nothing.
 */
export async function savePackage(tx: Tx, outcome: PackageOutcome, now: number): Promise<boolean> {
  const {
    id,
    selection,
    baselineTaken,
    pointer,
    moves,
    shrunkSince,
    problem,
    cursor,
    askedAfreshAt,
    fingerprint,
  } = outcome;
  const { numUpdatedRows } = await tx.db
    .updateTable('package')
    .set({
      ...(baselineTaken && { baseline: selection }),
      pointer: pointer ?? null,
      moves,
      shrunk_since: shrunkSince ?? null,
      ...problemColumns(problem, now),
      cursor: cursor ?? null,
      cursor_fingerprint: fingerprint,
      ...(askedAfreshAt !== undefined && { cursor_at: askedAfreshAt }),
    })
    .where('id', '=', id)
    .where('selection', '=', selection)
    .where('active', '=', 1)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/**
 * Notes that packages have a problem; since when stays, as long as it is of the same kind. Their cursors
 * stay.
 */
export async function savePackageProblem(
  tx: Tx,
  packageId: number,
  problem: StoredProblem,
  now: number,
): Promise<void> {
  await tx.db.updateTable('package').set(problemColumns(problem, now)).where('id', '=', packageId).execute();
}

function problemColumns(problem: StoredProblem | undefined, now: number) {
  if (!problem) return { problem_code: null, problem_message: null, problem_since: null };
  const since = sql<number>`case when problem_code = ${problem.code} then problem_since else ${now} end`;
  return { problem_code: problem.code, problem_message: problem.message, problem_since: since };
}

/** A package as it is stored. */
export interface StoredPackage {
  readonly id: number;
  readonly name: string;
  readonly active: boolean;
  readonly selection: string;
}

/** Every package ever of a repository. */
export async function loadPackages(tx: Tx, repositoryId: number): Promise<readonly StoredPackage[]> {
  const rows = await tx.db
    .selectFrom('package')
    .select(['id', 'name', 'active', 'selection'])
    .where('repository_id', '=', repositoryId)
    .execute();
  return rows.map((row) => ({ ...row, active: row.active === 1 }));
}

/** Adds packages. */
export async function insertPackages(
  tx: Tx,
  repositoryId: number,
  packages: readonly Pick<StoredPackage, 'name' | 'selection'>[],
): Promise<void> {
  for (const some of chunk(packages)) {
    const rows = some.map(({ name, selection }) => ({
      repository_id: repositoryId,
      name,
      selection,
      active: 1 as const,
    }));
    await tx.db.insertInto('package').values(rows).execute();
  }
}

/** Gives a package another selection: its next complete answer is a baseline. */
export async function reselectPackage(tx: Tx, packageId: number, selection: string): Promise<void> {
  const forgotten = {
    cursor: null,
    cursor_fingerprint: null,
    cursor_at: null,
    pointer: null,
    shrunk_since: null,
  };
  await tx.db
    .updateTable('package')
    .set({ selection, ...forgotten, problem_code: null, problem_message: null, problem_since: null })
    .where('id', '=', packageId)
    .execute();
}

/** Takes packages out of the configuration or puts them back; the ledger stays. */
export async function setPackagesActive(
  tx: Tx,
  packageIds: readonly number[],
  active: boolean,
): Promise<void> {
  for (const ids of chunk(packageIds)) {
    await tx.db
      .updateTable('package')
      .set({ active: active ? 1 : 0 })
      .where('id', 'in', ids)
      .execute();
  }
}

/** Packages as people name them, `npmjs/fastify`, by id. */
export async function namePackages(tx: Tx, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const rows = await tx.db
    .selectFrom('package')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select(['package.id', 'package.name', 'repository.name as repository'])
    .where('package.id', 'in', [0, ...ids])
    .execute();
  return new Map(rows.map(({ id, name, repository }) => [id, `${repository}/${name}`]));
}

/** Which of some packages follow a pointer. */
export async function readFollowers(tx: Tx, ids: readonly number[]): Promise<ReadonlySet<number>> {
  if (ids.length === 0) return new Set();
  const rows = await tx.db
    .selectFrom('package')
    .select('id')
    .where('id', 'in', ids)
    .where('pointer', 'is not', null)
    .execute();
  return new Set(rows.map(({ id }) => id));
}
