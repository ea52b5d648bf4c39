import type { RecordedRevision } from '../store/ledger.ts';
import type { ListedPoll } from '../store/polls.ts';
import type { AgedProblem, RepositoryStatus } from '../store/read-repositories.ts';
import { toIso } from './paging.ts';
import { toRevisionDocument } from './revision-document.ts';

/** A revision as lists show it: what is published of it, its state, and when it was detected. */
export function viewRevision({
  facts,
  state,
  detectedAt,
}: RecordedRevision): Readonly<Record<string, unknown>> {
  return { ...toRevisionDocument(facts), state, detectedAt: toIso(detectedAt) };
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
    listenedTo: status.listenedTo,
    packages: status.packages.map(({ name, problem, pointer }) => ({
      name,
      problem: viewProblem(problem),
      pointer,
    })),
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
  problem,
  ...poll
}: ListedPoll): Readonly<Record<string, unknown>> {
  return { startedAt: toIso(startedAt), finishedAt: toIso(finishedAt), ...poll, problem: problem ?? null };
}
