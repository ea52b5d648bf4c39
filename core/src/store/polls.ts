import type { Selectable } from 'kysely';
import { readProblem, type StoredProblem } from './packages.ts';
import { cutPage, type Page, type PageRequest } from './page.ts';
import type { PollTable } from './schema.ts';
import type { Tx } from './store.ts';

/** How a poll went: of all packages, of some, of none. */
export type PollOutcome = PollTable['outcome'];

/** A poll that ended. */
export interface PollRecord {
  readonly repositoryId: number;
  /** Milliseconds. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly outcome: PollOutcome;
  /** Packages asked about, and those with a problem. */
  readonly packages: number;
  readonly problems: number;
  /** Revisions recorded for the first time. */
  readonly revisions: number;
  readonly requests: number;
  readonly bytes: number;
  readonly problem: StoredProblem | undefined;
}

/** Records a poll. */
export async function insertPoll(tx: Tx, poll: PollRecord): Promise<void> {
  const { outcome, packages, problems, revisions, requests, bytes, problem } = poll;
  await tx.db
    .insertInto('poll')
    .values({
      outcome,
      packages,
      problems,
      revisions,
      requests,
      bytes,
      repository_id: poll.repositoryId,
      started_at: poll.startedAt,
      finished_at: poll.finishedAt,
      problem_code: problem?.code ?? null,
      problem_message: problem?.message ?? null,
    })
    .execute();
}

/** A poll with its place in a list. */
export interface ListedPoll extends PollRecord {
  readonly id: number;
}

/** The polls of a repository, newest first. */
export async function listPolls(
  tx: Tx,
  repository: string,
  { limit, after }: PageRequest,
): Promise<Page<ListedPoll>> {
  const rows = await tx.db
    .selectFrom('poll')
    .innerJoin('repository', 'repository.id', 'poll.repository_id')
    .selectAll('poll')
    .where('repository.name', '=', repository)
    .$if(after !== undefined, (query) => query.where('poll.id', '<', after ?? 0))
    .orderBy('poll.id', 'desc')
    .limit(limit + 1)
    .execute();
  const { items, next } = cutPage(rows, limit, ({ id }) => id);
  return { items: items.map(readPoll), next };
}

/** The newest poll of a repository. */
export async function readLastPoll(tx: Tx, repository: string): Promise<ListedPoll | undefined> {
  return (await listPolls(tx, repository, { limit: 1 })).items[0];
}

function readPoll(row: Selectable<PollTable>): ListedPoll {
  const { id, outcome, packages, problems, revisions, requests, bytes } = row;
  return {
    id,
    outcome,
    packages,
    problems,
    revisions,
    requests,
    bytes,
    problem: readProblem(row),
    repositoryId: row.repository_id,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

/** Forgets up to `limit` polls that ended before a time; answers how many. */
export async function prunePolls(tx: Tx, before: number, limit: number): Promise<number> {
  const oldest = tx.db
    .selectFrom('poll')
    .select('id')
    .where('finished_at', '<', before)
    .orderBy('finished_at')
    .limit(limit);
  const { numDeletedRows } = await tx.db
    .deleteFrom('poll')
    .where('id', 'in', oldest)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
