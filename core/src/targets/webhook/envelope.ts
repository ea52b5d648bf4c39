import { CloudEvent, type Headers, HTTP } from 'cloudevents';
import type { WebhookJob } from '../../config/jobs.ts';
import { leaveOutSecrets } from '../open-environment.ts';
import type { RunFacts, Work } from '../target.ts';

/** The `type` of the event that asks for a job; a change that breaks receivers would get another. */
export const jobRequested = 'dev.sluice.job.requested';

/** The `data` of the event: the run, and the job's environment but for what holds a secret. */
export interface JobRequest {
  readonly run: RunFacts;
  readonly environment: Readonly<Record<string, string>>;
  /** Where the result is to be reported; not there for a job that is done when the receiver answers. */
  readonly callback?: Callback;
}

/**
 * An address that takes one report, `{"status": "passed" | "failed", "message"?: TEXT}`, as JSON by POST.
 * Whoever knows it may report.
 */
export interface Callback {
  readonly url: string;
  /** Until when, as ISO 8601 has it. */
  readonly expires: string;
}

/** The envelope as it is sent. */
export interface Envelope {
  readonly headers: Headers;
  readonly body: string;
}

/**
 * The CloudEvents 1.0 envelope of a job, in structured JSON mode.
 *
 * `id` is the idempotency key, `source` `/pipelines/<name>`, `subject` `<counter>/<stage>/<stage
 * counter>/<job>`.
 */
export function wrapJob(work: Work<WebhookJob>, time: number, callback: Callback | undefined): Envelope {
  const { run } = work;
  const event = new CloudEvent<JobRequest>({
    id: work.key,
    type: jobRequested,
    source: `/pipelines/${encodeURIComponent(run.pipeline)}`,
    subject: `${run.counter}/${run.stage}/${run.stageCounter}/${run.job}`,
    time: new Date(time).toISOString(),
    datacontenttype: 'application/json',
    data: { run, environment: leaveOutSecrets(work), ...(callback && { callback }) },
  });
  const { headers, body } = HTTP.structured(event);
  return { headers, body: String(body) };
}
