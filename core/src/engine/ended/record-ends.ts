import { isOver } from '../../domain/status.ts';
import type { EndedJob } from '../../store/effects/effect.ts';
import type { JobEnd, JobFacts } from '../../store/job-facts.ts';
import type { Outcome } from '../../targets/target.ts';
import type { Draft, DraftStage } from '../draft/draft.ts';
import type { Ended, EndedAttempt } from '../happening.ts';
import { endStage } from '../stages/end.ts';

/** The most tries at a job of which nobody can know whether they were done. */
const mostTries = 5;

/**
 * Records how attempts ended: the jobs, and of those that were the last ones of their stage the stage, and
 * the run.
 *
 * Doubt ends the job as failed, or is followed by another attempt under the same key, as the job's `onDoubt`
 * says. Attempts that another node has by now are left alone.
 */
export function recordEnds(draft: Draft, { attempts }: Ended): void {
  const kept = attempts.filter(({ lease }) => draft.situation.kept.has(lease.id));
  const touched = new Set<DraftStage>();
  for (const ended of kept) {
    const stage = findStage(draft, ended.facts);
    recordEnd(draft, stage, ended);
    touched.add(stage);
  }
  for (const stage of touched)
    if (stage.jobs.every(({ status }) => isOver(status))) endStage(draft, stage, fold(stage));
}

function findStage(draft: Draft, { run: { id, pipeline, counter }, stage }: JobFacts): DraftStage {
  const found = draft.run(id)?.stages.find((one) => one.id === stage.id);
  if (!found) throw new Error(`stage ${stage.name} of run ${counter} of ${pipeline} is gone from the store`);
  return found;
}

function recordEnd(draft: Draft, stage: DraftStage, { facts, outcome }: EndedAttempt): void {
  const { attempt, job, jobId, run } = facts;
  const isCancelled = stage.cancelAt !== null;
  draft.add({ kind: 'attempt ended', id: attempt.id, outcome: outcome.status });
  if (outcome.status === 'doubt' && mayTryAgain(facts) && !isCancelled) {
    draft.add({ kind: 'attempt again', last: { jobId, number: attempt.number, key: attempt.key } });
    return;
  }
  const end = toJobEnd(outcome, isCancelled);
  stage.jobs = stage.jobs.map((one) => (one.id === jobId ? { ...one, status: end.status } : one));
  const place = { pipeline: run.pipeline, counter: run.counter, stage: stage.name, job: job.name };
  const ended: EndedJob = { attemptId: attempt.id, jobId, ...place };
  draft.add({ kind: 'job ended', job: ended, end });
}

function mayTryAgain({ job, attempt }: JobFacts): boolean {
  return job.onDoubt === 'restart' && attempt.number < mostTries;
}

function toJobEnd({ status, exitCode, message }: Outcome, isCancelled: boolean): JobEnd {
  if (isCancelled && status !== 'passed') return { status: 'cancelled', exitCode, message };
  if (status !== 'doubt') return { status, exitCode, message };
  const why = message ?? 'the server that did it went away';
  return { status: 'failed', exitCode, message: `nobody can know whether this job was done: ${why}` };
}

function fold({ cancelAt, jobs }: DraftStage) {
  if (cancelAt !== null) return 'cancelled';
  return jobs.every(({ status }) => status === 'passed') ? 'passed' : 'failed';
}
