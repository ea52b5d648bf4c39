import {
  type ClaimedAttempt,
  type ClaimRequest,
  type ClaimScope,
  claimAttempts,
  markBegun,
} from '../../store/attempts.ts';
import { appendEvents, type NewEvent } from '../../store/events.ts';
import { readHold } from '../../store/hold.ts';
import { beginJobs, type JobFacts, readJobFacts } from '../../store/job-facts.ts';
import type { Lease } from '../../store/leases.ts';
import { readLogOffset } from '../../store/logs.ts';
import { isConfigurationActive } from '../../store/nodes.ts';
import type { Tx } from '../../store/store.ts';
import type { BegunJob } from './work.ts';

/**
 * How a claimed attempt is to be gone on with: begun `anew`, `adopted` where this node or nobody in
 * particular had begun it, or recorded as `orphaned` where another node, which alone could, does not go on
 * with it.
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
 * Claims attempts, and marks those that begin now as begun, before anything is done: whoever finds one so
 * marked knows that it may have been. A node whose configuration is not the active one goes on with its own,
 * and claims nothing else; while all starts are held nothing begins.
 */
export async function claimJobs(tx: Tx, claim: JobClaim): Promise<readonly ClaimedJob[]> {
  const isActive = await isConfigurationActive(tx, claim.configHash);
  const mayBegin = claim.mayBegin && (await readHold(tx)) === undefined;
  const scope: ClaimScope = isActive ? (mayBegin ? 'all' : 'begun') : 'own';
  const attempts = await claimAttempts(tx, { ...claim, scope });
  const recorded = await readJobFacts(
    tx,
    attempts.map(({ lease }) => lease.id),
  );
  const jobs: ClaimedJob[] = [];
  for (const attempt of attempts) {
    const { id } = attempt.lease;
    const facts = recorded.get(id);
    if (!facts) throw new Error(`the attempt ${id} has no job`);
    const startedAt = facts.startedAt ?? claim.now;
    const offset = attempt.begun ? await readLogOffset(tx, id) : 0;
    jobs.push({
      lease: attempt.lease,
      as: classify(attempt, claim.node),
      facts: { ...facts, startedAt },
      offset,
    });
  }
  await begin(
    tx,
    jobs.filter(({ as }) => as === 'anew').map(({ facts }) => facts),
    claim,
  );
  return jobs;
}

function classify({ begun, node }: ClaimedAttempt, own: string): ClaimedAs {
  if (!begun) return 'anew';
  return node === null || node === own ? 'adopted' : 'orphaned';
}

async function begin(tx: Tx, jobs: readonly JobFacts[], { node, now }: JobClaim): Promise<void> {
  const idsOf = (some: readonly JobFacts[]) => some.map(({ attempt }) => attempt.id);
  await markBegun(tx, idsOf(jobs.filter(isBound)), node);
  await markBegun(tx, idsOf(jobs.filter((job) => !isBound(job))), null);
  const first = jobs.filter(({ attempt }) => attempt.number === 1);
  await beginJobs(
    tx,
    first.map(({ jobId }) => jobId),
    now,
  );
  await appendEvents(tx, first.map(describeBeginning), now);
}

function describeBeginning({ run, stage, job }: JobFacts): NewEvent {
  const data = { pipeline: run.pipeline, counter: run.counter, stage: stage.name, job: job.name };
  return {
    type: 'taskrun.started',
    subject: `${run.pipeline}/${run.counter}/${stage.name}/${job.name}`,
    data,
  };
}

/**
 * Whether only the node that began a job can go on with it: a command's process and files are on that
 * machine.
 */
export function isBound({ job }: Pick<JobFacts, 'job'>): boolean {
  return job.kind === 'run';
}

/**
 * Whether a job's work goes on at another server while nothing is done here: a build, or a webhook that waits
 * for a report.
 */
export function isElsewhere({ job }: Pick<JobFacts, 'job'>): boolean {
  return job.kind === 'webhook' ? job.wait === true : job.kind !== 'run';
}
