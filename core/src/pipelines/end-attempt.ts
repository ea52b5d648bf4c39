import { endAttempt, insertNextAttempt } from '../store/attempts.ts';
import { readCancelAt } from '../store/cancel-stages.ts';
import { appendDecisions } from '../store/decisions.ts';
import { readDownstream } from '../store/dependencies.ts';
import { appendEvents } from '../store/events.ts';
import { endJob, type JobEnd, type JobFacts } from '../store/job-facts.ts';
import { assertLease, type Lease } from '../store/leases.ts';
import { lockPipelines } from '../store/pipelines.ts';
import { readRunState } from '../store/runs.ts';
import { readJobStatuses } from '../store/stages.ts';
import type { Tx } from '../store/store.ts';
import type { Outcome } from '../targets/target.ts';
import { ChangeList, type Changes, type Move } from './changes.ts';
import { finishStage } from './stages/finish-stage.ts';
import { type StartOptions, startRuns } from './start-runs.ts';

/** The most tries at a job of which nobody can know whether they were done. */
const mostTries = 5;

/** What the end of an attempt changed; `job` is undefined where another attempt follows. */
export interface AttemptEnd extends Changes {
  readonly job: JobEnd | undefined;
}

/**
 * Records how an attempt ended and all that follows from it, in one transaction: the job, and when it was the last one its stage, the
 * run, the attempts of the next stage, and runs that waited for the stage to be free.
 *
 * What a stage's pass starts in other pipelines is part of it. Doubt ends the job as failed, or is followed by another attempt under
 * the same key, as the job's `onDoubt` says. Throws `LeaseLost` where another node has the attempt by now.
 */
export async function recordAttemptEnd(
  tx: Tx,
  lease: Lease,
  facts: JobFacts,
  outcome: Outcome,
  options: StartOptions,
): Promise<AttemptEnd> {
  const { run, attempt, jobId } = facts;
  const { config, calendar, now } = options;
  const downstream = (await readDownstream(tx, run.pipelineId, facts.stage.name)).map(({ pipelineId }) => pipelineId);
  // Always the pipelines first, all at once, so that those who wait for each other wait in one order.
  const pipelines = await lockPipelines(tx, [run.pipelineId, ...downstream]);
  const pipeline = pipelines.find(({ id }) => id === run.pipelineId);
  if (!pipeline) throw new Error(`the pipeline ${run.pipeline} is gone from the store`);
  await assertLease(tx, lease);
  await endAttempt(tx, attempt.id, outcome.status);
  const isCancelled = (await readCancelAt(tx, facts.stage.id)) !== null;
  if (outcome.status === 'doubt' && facts.job.onDoubt === 'restart' && attempt.number < mostTries && !isCancelled) {
    await insertNextAttempt(tx, { jobId, number: attempt.number, key: attempt.key }, options.now);
    return { runs: [], events: [], job: undefined };
  }
  const move: Move = { pipeline, definition: config.pipelines.get(pipeline.name), calendar, now, changes: new ChangeList() };
  const job = toJobEnd(outcome, isCancelled);
  await endJob(tx, jobId, job, options.now);
  move.changes.addEvent(describeJob(facts, job));
  await endStageAfter(tx, move, facts, isCancelled);
  await appendDecisions(tx, move.changes.decisions);
  const wasLast = move.changes.events.some(({ type }) => type === 'stage.finished');
  const started = await startRuns(tx, wasLast ? [pipeline.id, ...downstream] : [], options);
  const runs = [...move.changes.runs, ...started.runs];
  const events = [...move.changes.events, ...started.events];
  await appendEvents(tx, events, options.now);
  return { runs, events, job };
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

/** Ends the stage when its last job has ended. */
async function endStageAfter(tx: Tx, move: Move, { stage, run }: JobFacts, isCancelled: boolean): Promise<void> {
  const jobs = await readJobStatuses(tx, stage.id);
  if (jobs.some((status) => status === 'pending' || status === 'running')) return;
  const status = isCancelled ? 'cancelled' : jobs.every((each) => each === 'passed') ? 'passed' : 'failed';
  await finishStage(tx, move, await readRunState(tx, run.id), { ...stage, status });
}
