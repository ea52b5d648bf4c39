import { type ClaimedAttempt, type ClaimRequest, type ClaimScope, claimAttempts, markBegun } from '../store/attempts.ts';
import { appendEvents, type NewEvent } from '../store/events.ts';
import { beginJob, type JobFacts, readJobFacts } from '../store/job-facts.ts';
import type { Lease } from '../store/leases.ts';
import { readLogOffset } from '../store/logs.ts';
import { isConfigurationActive } from '../store/nodes.ts';
import type { Tx } from '../store/store.ts';
import type { BegunJob } from './work.ts';

/**
 * How a claimed attempt is to be gone on with: begun `anew`, `adopted` where this node or nobody in particular had begun it, or
 * recorded as `orphaned` where another node, which alone could, does not go on with it.
 */
export type ClaimedAs = 'anew' | 'adopted' | 'orphaned';

/** An attempt at a job that this node is to do. */
export interface ClaimedJob {
  readonly lease: Lease;
  readonly as: ClaimedAs;
  readonly facts: BegunJob;
  /** How many raw bytes of its output are stored. */
  readonly offset: number;
}

/** Which attempts to claim, and for a node with which configuration. */
export interface JobClaim extends Omit<ClaimRequest, 'scope'> {
  readonly configHash: string;
  /** Whether new work may begin here. */
  readonly mayBegin: boolean;
}

/**
 * Claims attempts, and marks those that begin now as begun, before anything is done: whoever finds one so marked knows that it may
 * have been. A node whose configuration is not the active one goes on with its own, and claims nothing else.
 */
export async function claimJobs(tx: Tx, claim: JobClaim): Promise<readonly ClaimedJob[]> {
  const isActive = await isConfigurationActive(tx, claim.configHash);
  const scope: ClaimScope = isActive ? (claim.mayBegin ? 'all' : 'begun') : 'own';
  const events: NewEvent[] = [];
  const jobs: ClaimedJob[] = [];
  for (const attempt of await claimAttempts(tx, { ...claim, scope })) {
    const recorded = await readJobFacts(tx, attempt.lease.id);
    const facts: BegunJob = { ...recorded, startedAt: recorded.startedAt ?? claim.now };
    const as = classify(attempt, claim.node);
    if (as === 'anew') events.push(...(await begin(tx, facts, claim)));
    jobs.push({ lease: attempt.lease, as, facts, offset: attempt.begun ? await readLogOffset(tx, attempt.lease.id) : 0 });
  }
  await appendEvents(tx, events, claim.now);
  return jobs;
}

function classify({ begun, node }: ClaimedAttempt, own: string): ClaimedAs {
  if (!begun) return 'anew';
  return node === null || node === own ? 'adopted' : 'orphaned';
}

async function begin(tx: Tx, facts: JobFacts, { node, now }: JobClaim): Promise<readonly NewEvent[]> {
  const { attempt, jobId, job, run, stage } = facts;
  await markBegun(tx, attempt.id, isBound(facts) ? node : null);
  if (attempt.number > 1) return [];
  await beginJob(tx, jobId, now);
  const data = { pipeline: run.pipeline, counter: run.counter, stage: stage.name, job: job.name };
  return [{ type: 'taskrun.started', subject: `${run.pipeline}/${run.counter}/${stage.name}/${job.name}`, data }];
}

/** Whether only the node that began a job can go on with it: a command's process and files are on that machine. */
export function isBound({ job }: Pick<JobFacts, 'job'>): boolean {
  return job.kind === 'run';
}

/** Whether a job's work goes on at another server while nothing is done here: a build, or a webhook that waits for a report. */
export function isElsewhere({ job }: Pick<JobFacts, 'job'>): boolean {
  return job.kind === 'webhook' ? job.wait === true : job.kind !== 'run';
}
