import type { RepositoryConfig } from '../config/config.ts';
import { type ClaimedPoll, finishPoll } from '../store/due-polls.ts';
import { appendEvents, type NewEvent } from '../store/events.ts';
import type { StoredProblem } from '../store/packages.ts';
import { insertPoll, type PollOutcome } from '../store/polls.ts';
import { assertOurs } from './commit-answers.ts';
import { findNextPoll, findRetry, longestRetryAfterMs, looksMs } from './schedule.ts';
import type { PollSurroundings } from './surroundings.ts';
import type { PollTally } from './tally.ts';

/** How a poll ended. */
export interface PollEnd {
  readonly outcome: PollOutcome;
  readonly problem: StoredProblem | undefined;
}

/** Notes how a poll ended, how the repository is, and when to poll next; gives the lease back. */
export async function endPoll(
  { store, config, now, random, observer }: PollSurroundings,
  claimed: ClaimedPoll,
  repository: RepositoryConfig,
  tally: PollTally,
): Promise<PollEnd> {
  const finishedAt = now();
  const end = judge(tally);
  const failed = end.outcome === 'failed';
  const failures = failed ? claimed.failures + 1 : 0;
  const notBefore = findNotBefore(tally, finishedAt);
  const looks = planLooks(claimed, tally, finishedAt);
  const occasion = {
    repository: repository.name,
    count: config.repositories.size,
    timezone: config.timezone,
    now: finishedAt,
  };
  const scheduled = failed
    ? findRetry(repository.poll, failures, finishedAt, random)
    : findNextPoll(repository.poll, occasion);
  const dueAt = [scheduled, looks.dueAt].filter((time) => time !== undefined).sort((a, b) => a - b)[0];
  const problem = failed ? end.problem : undefined;
  await store.transact(async (tx) => {
    await assertOurs(tx, { lease: claimed.lease, config });
    await insertPoll(tx, { ...tally, ...end, repositoryId: claimed.repositoryId, finishedAt });
    await finishPoll(tx, {
      lease: claimed.lease,
      served: claimed.requested,
      now: finishedAt,
      succeeded: !failed,
      failures,
      problem,
      dueAt,
      notBefore,
      warning: tally.warning,
      cursor: failed ? undefined : tally.cursor,
      cursorAt: failed ? undefined : tally.askedAfreshAt,
      looksLeft: looks.left,
      looksFrom: looks.from,
    });
    await appendEvents(tx, listEvents(claimed, repository.name, problem), finishedAt);
  });
  const seconds = (finishedAt - tally.startedAt) / 1000;
  const { name } = repository;
  observer.onPoll({
    repository: name,
    outcome: end.outcome,
    seconds,
    revisions: tally.revisions,
    message: end.problem?.message,
  });
  return end;
}

/** A repository fails when the poll throws or no package succeeds. */
function judge({ problem, problems, succeeded, packages, firstProblem }: PollTally): PollEnd {
  if (problem || (packages > 0 && succeeded === 0))
    return { outcome: 'failed', problem: problem ?? firstProblem };
  return problems > 0 ? { outcome: 'partial', problem: firstProblem } : { outcome: 'ok', problem: undefined };
}

function findNotBefore({ problem, retryAfterMs }: PollTally, now: number): number | undefined {
  const leftAloneMs = Math.min(Math.max(retryAfterMs, problem?.retryAfterMs ?? 0), longestRetryAfterMs);
  return leftAloneMs > 0 ? now + leftAloneMs : undefined;
}

interface Looks {
  readonly left: number;
  readonly from: number | undefined;
  readonly dueAt: number | undefined;
}

/**
 * A registry may tell of a publication before it shows it: a hook's poll that found nothing is followed by
 * some more.
 */
function planLooks({ looksLeft, looksFrom }: ClaimedPoll, { changes }: PollTally, now: number): Looks {
  const none = { left: 0, from: undefined, dueAt: undefined };
  if (changes > 0 || (looksLeft === 0 && looksFrom === undefined)) return none;
  const from = looksFrom ?? now;
  const moments = looksMs.map((afterMs) => from + afterMs).filter((moment) => moment > now);
  const [dueAt] = moments;
  return dueAt === undefined ? none : { left: moments.length - 1, from, dueAt };
}

function listEvents(
  { problem: before }: ClaimedPoll,
  repository: string,
  problem: StoredProblem | undefined,
): readonly NewEvent[] {
  if (problem && !before)
    return [{ type: 'repository.failing', subject: repository, data: { repository, ...problem } }];
  return !problem && before
    ? [{ type: 'repository.recovered', subject: repository, data: { repository } }]
    : [];
}
