import { endAttempts, insertNextAttempt } from '../store/attempts.ts';
import { findCancelledStages } from '../store/cancel-stages.ts';
import { appendDecisions } from '../store/decisions.ts';
import { readDownstream } from '../store/dependencies.ts';
import { appendEvents } from '../store/events.ts';
import { endJobs, type JobEnd, type JobFacts } from '../store/job-facts.ts';
import { findKept, type Lease } from '../store/leases.ts';
import { type LockedPipeline, lockPipelines } from '../store/pipelines.ts';
import { readRunStates } from '../store/runs.ts';
import { readJobStatuses } from '../store/stages.ts';
import type { Tx } from '../store/store.ts';
import type { Outcome } from '../targets/target.ts';
import { beginMove, ChangeList, type Changes } from './changes.ts';
import { type FinishingStage, finishStages } from './stages/finish-stages.ts';
import { type StartOptions, startRuns } from './start-runs.ts';

/** The most tries at a job of which nobody can know whether they were done. */
const mostTries = 5;

/** An attempt that has ended, under the lease it was claimed by. */
export interface EndedAttempt {
  readonly lease: Lease;
  readonly facts: JobFacts;
  readonly outcome: Outcome;
}

/** What the ends of attempts changed. */
export interface AttemptEnds extends Changes {
  /** How the jobs ended, by attempt; undefined where another attempt follows. Attempts that another node has by now are not in it. */
  readonly jobs: ReadonlyMap<number, JobEnd | undefined>;
}

/**
 * Records how attempts ended and all that follows from it, in one transaction: the jobs, and of those that were the last ones of their
 * stage the stage, the run, the attempts of the next stage, and runs that waited for the stage to be free.
 *
 * What a stage's pass starts in other pipelines is part of it. Doubt ends the job as failed, or is followed by another attempt under
 * the same key, as the job's `onDoubt` says. Attempts that another node has by now are left alone.
 */
export async function recordAttemptEnds(tx: Tx, all: readonly EndedAttempt[], options: StartOptions): Promise<AttemptEnds> {
  const downstream = await readDownstream(
    tx,
    all.map(({ facts: { run, stage } }) => ({ pipelineId: run.pipelineId, stage: stage.name })),
  );
  // Always the pipelines first, all at once, so that those who wait for each other wait in one order.
  const locked = await lockPipelines(tx, [
    ...all.map(({ facts }) => facts.run.pipelineId),
    ...downstream.map(({ pipelineId }) => pipelineId),
  ]);
  const pipelines = new Map(locked.map((pipeline) => [pipeline.id, pipeline]));
  const kept = await findKept(
    tx,
    'attempt',
    all.map(({ lease }) => lease),
  );
  const changes = new ChangeList();
  const ended = all.filter(({ lease }) => kept.has(lease.id));
  if (ended.length === 0) return { jobs: new Map(), runs: [], events: [] };
  const { jobs, cancelled, over } = await endTheirJobs(tx, ended, { options, changes });
  const finished = await endTheirStages(tx, over, { options, changes, pipelines, cancelled });
  await appendDecisions(tx, changes.decisions);
  const listening = downstream.filter(({ upstreamId, stage }) =>
    finished.some((facts) => facts.run.pipelineId === upstreamId && facts.stage.name === stage),
  );
  const stirred = [...finished.map(({ run }) => run.pipelineId), ...listening.map(({ pipelineId }) => pipelineId)];
  const started = await startRuns(tx, stirred, options);
  const events = [...changes.events, ...started.events];
  await appendEvents(tx, events, options.now);
  return { jobs, runs: [...changes.runs, ...started.runs], events };
}

interface Ending {
  readonly options: StartOptions;
  readonly changes: ChangeList;
}

async function endTheirJobs(tx: Tx, ended: readonly EndedAttempt[], { options, changes }: Ending) {
  for (const [status, some] of Map.groupBy(ended, ({ outcome }) => outcome.status)) {
    await endAttempts(
      tx,
      some.map(({ facts }) => facts.attempt.id),
      status,
    );
  }
  const cancelled = await findCancelledStages(
    tx,
    ended.map(({ facts }) => facts.stage.id),
  );
  const jobs = new Map<number, JobEnd | undefined>();
  const over: { readonly facts: JobFacts; readonly end: JobEnd }[] = [];
  for (const { facts, outcome } of ended) {
    const isCancelled = cancelled.has(facts.stage.id);
    const isTriedAgain = outcome.status === 'doubt' && mayTryAgain(facts) && !isCancelled;
    if (isTriedAgain) await insertNextAttempt(tx, { jobId: facts.jobId, ...facts.attempt }, options.now);
    const end = isTriedAgain ? undefined : toJobEnd(outcome, isCancelled);
    jobs.set(facts.attempt.id, end);
    if (!end) continue;
    over.push({ facts, end });
    changes.addEvent(describeJob(facts, end));
  }
  for (const alike of Map.groupBy(over, ({ end }) => JSON.stringify(end)).values()) {
    const [first] = alike;
    const ids = alike.map(({ facts }) => facts.jobId);
    if (first) await endJobs(tx, ids, first.end, options.now);
  }
  return { jobs, cancelled, over: over.map(({ facts }) => facts) };
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

function describeJob({ run, stage, job }: JobFacts, end: JobEnd) {
  const data = { pipeline: run.pipeline, counter: run.counter, stage: stage.name, job: job.name, ...end };
  return { type: 'taskrun.finished', subject: `${run.pipeline}/${run.counter}/${stage.name}/${job.name}`, data } as const;
}

interface EndingStages extends Ending {
  /** By id. */
  readonly pipelines: ReadonlyMap<number, LockedPipeline>;
  readonly cancelled: ReadonlySet<number>;
}

/** Ends the stages whose last jobs have ended; answers one job of each. */
async function endTheirStages(
  tx: Tx,
  over: readonly JobFacts[],
  { options, changes, pipelines, cancelled }: EndingStages,
): Promise<readonly JobFacts[]> {
  const ofStages = [...new Map(over.map((facts) => [facts.stage.id, facts])).values()];
  const statuses = await readJobStatuses(
    tx,
    ofStages.map(({ stage }) => stage.id),
  );
  const isOver = ({ stage }: JobFacts) => !statuses.get(stage.id)?.some((status) => status === 'pending' || status === 'running');
  const finished = ofStages.filter(isOver);
  const runs = await readRunStates(
    tx,
    finished.map(({ run }) => run.id),
  );
  await finishStages(
    tx,
    finished.map(({ stage, run: { id, pipeline: name, pipelineId } }): FinishingStage => {
      const [pipeline, run] = [pipelines.get(pipelineId), runs.get(id)];
      if (!pipeline || !run) throw new Error(`run ${id} of ${name} is gone from the store`);
      const jobs = statuses.get(stage.id) ?? [];
      const status = cancelled.has(stage.id) ? 'cancelled' : jobs.every((each) => each === 'passed') ? 'passed' : 'failed';
      return { move: beginMove(pipeline, options, changes), run, stage: { ...stage, status } };
    }),
  );
  return finished;
}
