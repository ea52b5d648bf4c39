import { strongestDigest } from '../store/digests.ts';
import type { RecordedRevision } from '../store/ledger.ts';
import type { ListedPoll } from '../store/polls.ts';
import type { AgedProblem, RepositoryStatus } from '../store/read-repositories.ts';
import { toIso } from './paging.ts';

/** A revision as lists show it (SURFACE: the fields of `check --json`, its state, and when it was detected). */
export function viewRevision({ facts, state, detectedAt }: RecordedRevision): Readonly<Record<string, unknown>> {
  return {
    version: facts.version,
    digest: strongestDigest(facts.digests) || null,
    digests: facts.digests ?? {},
    location: facts.location ?? null,
    publishedAt: toIso(facts.publishedAt),
    publisher: facts.publisher ?? null,
    comment: facts.comment ?? null,
    trackbackUrl: facts.trackbackUrl ?? null,
    purl: facts.purl ?? null,
    standing: facts.standing ?? 'ok',
    warning: facts.warning ?? null,
    data: facts.data ?? {},
    state,
    detectedAt: toIso(detectedAt),
  };
}

/** A repository as lists show it. */
export function viewRepository(status: RepositoryStatus, plugin: string): Readonly<Record<string, unknown>> {
  return {
    name: status.name,
    plugin,
    status: status.status,
    problem: viewProblem(status.problem),
    warning: status.warning,
    lastPoll: toIso(status.lastPoll),
    nextPoll: toIso(status.nextPoll),
    packages: status.packages.map(({ name, problem, pointer }) => ({ name, problem: viewProblem(problem), pointer })),
  };
}

function viewProblem(problem: AgedProblem | null): Readonly<Record<string, unknown>> | null {
  return problem && { code: problem.code, message: problem.message, since: toIso(problem.since) };
}

/** A poll as lists show it. */
export function viewPoll({
  id: _id,
  repositoryId: _repositoryId,
  startedAt,
  finishedAt,
  ...poll
}: ListedPoll): Readonly<Record<string, unknown>> {
  return { startedAt: toIso(startedAt), finishedAt: toIso(finishedAt), ...poll };
}
