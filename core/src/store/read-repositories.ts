import { type Selectable, type SqlBool, sql } from 'kysely';
import { isListenedTo } from './due-polls.ts';
import { type RecordedRevision, readRevision } from './ledger.ts';
import { readProblem } from './packages.ts';
import { cutPage } from './page.ts';
import type { PackageTable, RepositoryTable } from './schema.ts';
import { contains } from './search.ts';
import type { Tx } from './store.ts';

/** A problem and since when it is there, in milliseconds. */
export interface AgedProblem {
  readonly code: string;
  readonly message: string;
  readonly since: number;
}

/** How a package is. */
export interface PackageStatus {
  readonly name: string;
  readonly problem: AgedProblem | null;
  /** The version that a followed pointer names. */
  readonly pointer: string | null;
}

/** How a repository is; times in milliseconds. */
export interface RepositoryStatus {
  readonly name: string;
  readonly status: 'ok' | 'failing' | 'never polled';
  readonly problem: AgedProblem | null;
  readonly warning: string | null;
  readonly lastPoll: number | null;
  /** `null` where it is polled on request only. */
  readonly nextPoll: number | null;
  /**
   * Whether a pipeline listens to a package of it: else it is polled on request only, whatever its schedule.
   */
  readonly listenedTo: boolean;
  readonly packages: readonly PackageStatus[];
}

/** How the configured repositories are, by name; with `name`, only that one. */
export async function readRepositories(tx: Tx, name?: string): Promise<readonly RepositoryStatus[]> {
  const rows = await tx.db
    .selectFrom('repository')
    .selectAll()
    .select((builder) => isListenedTo(builder).as('listened_to'))
    .where('active', '=', 1)
    .$if(name !== undefined, (query) => query.where('name', '=', name ?? ''))
    .orderBy('name')
    .execute();
  const packages = await tx.db
    .selectFrom('package')
    .selectAll()
    .where('active', '=', 1)
    .where('repository_id', 'in', [0, ...rows.map(({ id }) => id)])
    .orderBy('name')
    .execute();
  const byRepository = Map.groupBy(packages, (row) => row.repository_id);
  return rows.map((row) => toStatus(row, byRepository.get(row.id) ?? []));
}

/** A repository that cannot be polled. */
export interface FailingRepository {
  readonly name: string;
  readonly problem: AgedProblem;
}

/** The configured repositories that fail, longest first, at most `limit`. */
export async function listFailing(tx: Tx, limit: number): Promise<readonly FailingRepository[]> {
  const rows = await tx.db
    .selectFrom('repository')
    .selectAll()
    .where('active', '=', 1)
    .where('problem_code', 'is not', null)
    .orderBy('problem_since')
    .limit(limit)
    .execute();
  return rows.flatMap((row) => {
    const problem = readAged(row);
    return problem ? { name: row.name, problem } : [];
  });
}

type ListenedRow = Selectable<RepositoryTable> & { readonly listened_to: SqlBool };

function toStatus(row: ListenedRow, packages: readonly Selectable<PackageTable>[]): RepositoryStatus {
  const problem = readAged(row);
  const listenedTo = Boolean(row.listened_to);
  // A hook's poll is followed by looks, whoever listens.
  const dueAt = listenedTo || row.looks_from !== null ? row.due_at : null;
  return {
    name: row.name,
    status: problem ? 'failing' : row.polled_at === null ? 'never polled' : 'ok',
    problem,
    warning: row.warning,
    lastPoll: row.polled_at,
    nextPoll: dueAt !== null && row.not_before !== null ? Math.max(dueAt, row.not_before) : dueAt,
    listenedTo,
    packages: packages.map((one) => ({ name: one.name, problem: readAged(one), pointer: one.pointer })),
  };
}

function readAged(
  row: Parameters<typeof readProblem>[0] & { readonly problem_since: number | null },
): AgedProblem | null {
  const problem = readProblem(row);
  return problem ? { ...problem, since: row.problem_since ?? 0 } : null;
}

/** A page of a package's revisions, and what to give as `after` for the next one. */
export interface RevisionPage {
  readonly items: readonly RecordedRevision[];
  readonly next: number | null;
}

/** Which revisions: those below rank `after`, with a fragment in their version, at most `limit`. */
export interface RevisionRequest {
  readonly limit: number;
  readonly after: number | undefined;
  readonly fragment?: string | undefined;
}

/** The revisions of a package, highest rank first; undefined where there is no such package. */
export async function listRevisions(
  tx: Tx,
  { repository, package: name }: { readonly repository: string; readonly package: string },
  { limit, after, fragment }: RevisionRequest,
): Promise<RevisionPage | undefined> {
  const id = await findPackageId(tx, repository, name);
  if (id === undefined) return undefined;
  const rows = await tx.db
    .selectFrom('revision')
    .selectAll()
    .where('package_id', '=', id)
    .$if(fragment !== undefined, (query) => query.where((e) => contains(e.ref('version'), fragment ?? '')))
    .$if(after !== undefined, (query) => query.where('rank', '<', after ?? 0))
    .orderBy('rank', 'desc')
    .limit(limit + 1)
    .execute();
  const { items, next } = cutPage(rows, limit, ({ rank }) => rank);
  return { items: items.map(readRevision), next };
}

/** One revision of a package; undefined where there is none. */
export async function findRevision(
  tx: Tx,
  { repository, package: name }: { readonly repository: string; readonly package: string },
  version: string,
): Promise<RecordedRevision | undefined> {
  const id = await findPackageId(tx, repository, name);
  if (id === undefined) return undefined;
  const row = await tx.db
    .selectFrom('revision')
    .selectAll()
    .where('package_id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst();
  return row && readRevision(row);
}

/** The id of a configured package. */
export async function findPackageId(tx: Tx, repository: string, name: string): Promise<number | undefined> {
  const row = await tx.db
    .selectFrom('package')
    .innerJoin('repository', 'repository.id', 'package.repository_id')
    .select('package.id')
    .where('repository.name', '=', repository)
    .where('package.name', '=', name)
    .where('package.active', '=', 1)
    .where('repository.active', '=', 1)
    .executeTakeFirst();
  return row?.id;
}

/** How many revisions the ledger has, by state. */
export async function countRevisions(tx: Tx): Promise<Readonly<Record<RecordedRevision['state'], number>>> {
  const rows = await tx.db
    .selectFrom('revision')
    .select(['state', sql<number>`count(*)`.as('count')])
    .groupBy('state')
    .execute();
  const counts = new Map(rows.map(({ state, count }) => [state, Number(count)]));
  const countOf = (state: RecordedRevision['state']) => counts.get(state) ?? 0;
  return {
    published: countOf('published'),
    republished: countOf('republished'),
    withdrawn: countOf('withdrawn'),
  };
}
