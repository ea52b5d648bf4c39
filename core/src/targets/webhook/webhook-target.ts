import type { WebhookJob } from '../../config/jobs.ts';
import type { Target } from '../target.ts';
import { Delivery, type DeliveryOptions } from './delivery.ts';

/**
 * Does jobs of kind `webhook`: a POST that asks a receiver to do the job, with the run in a CloudEvents
 * envelope, signed as Standard Webhooks says.
 *
 * 2xx has passed. A redirect is not followed and has failed; so has 4xx, but for 408, 425 and 429. These, 5xx
 * and no answer are tried again with the same `webhook-id` and body and a new signature, until the job's time
 * limit, which counts from when the job began. A receiver that answers 202 to a job that waits reports the
 * result later, to an address that goes along.
 */
export function createWebhookTarget(options: DeliveryOptions): Target<WebhookJob> {
  return {
    async perform(work, following) {
      following.detach.throwIfAborted();
      return new Delivery(work, following, options).run();
    },
  };
}
