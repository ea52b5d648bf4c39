import type { RemoteJob, RunJob, WebhookJob } from '../../config/jobs.ts';
import { appendLog } from '../../store/logs.ts';
import type { Store } from '../../store/store.ts';
import type { RunTarget } from '../../targets/run/run-target.ts';
import type { Following, Outcome, Target, Work } from '../../targets/target.ts';
import type { ClaimedJob } from './claim-jobs.ts';
import { type ElsewhereSurroundings, makeElsewhere } from './elsewhere.ts';
import { buildEnvironment, type EnvironmentSources, type JobEnvironment } from './job-environment.ts';
import { makeWork } from './work.ts';

/** How each kind of job is done. */
export interface Targets {
  readonly run: Pick<RunTarget, keyof Target<RunJob> | 'forget' | 'sweep'>;
  readonly webhook: Target<WebhookJob>;
  readonly remote: Target<RemoteJob>;
}

/** What doing a job needs. */
export interface JobSurroundings extends EnvironmentSources, ElsewhereSurroundings {
  readonly store: Store;
  readonly targets: Targets;
}

/** When to let go of a job, and when to end it; see {@link Following}. */
export type LettingGo = Pick<Following, 'detach' | 'cancel'>;

/**
 * Does a job, or goes on with it, until its outcome is known. Throws what the target throws, and where
 * `detach` let go of it.
 */
export async function followJob(
  claimed: ClaimedJob,
  surroundings: JobSurroundings,
  signals: LettingGo,
): Promise<Outcome> {
  const { facts, lease, offset } = claimed;
  if (claimed.as === 'orphaned')
    return { status: 'doubt', exitCode: null, message: 'the server that began it does not answer' };
  const environment = findEnvironment(claimed, surroundings);
  if ('status' in environment) return environment;
  const write = (text: string, upto: number) =>
    surroundings.store.transact((tx) => appendLog(tx, lease.id, text, upto));
  return perform(surroundings.targets, makeWork(facts, environment), {
    ...signals,
    offset,
    write,
    elsewhere: makeElsewhere(claimed, surroundings),
  });
}

/**
 * A job that has begun is not failed for what is missing now: it goes on, and is taken up again when its
 * secrets can be masked.
 */
function findEnvironment({ as, facts }: ClaimedJob, sources: EnvironmentSources): JobEnvironment | Outcome {
  try {
    return buildEnvironment(facts, sources);
  } catch (error) {
    if (as === 'adopted') throw error;
    const message = `the job was not begun: ${error instanceof Error ? error.message : String(error)}`;
    return { status: 'failed', exitCode: null, message };
  }
}

function perform(targets: Targets, work: Work, following: Following): Promise<Outcome> {
  const { job } = work;
  switch (job.kind) {
    case 'run':
      return targets.run.perform({ ...work, job }, following);
    case 'webhook':
      return targets.webhook.perform({ ...work, job }, following);
    default:
      return targets.remote.perform({ ...work, job }, following);
  }
}
