import { setTimeout as sleep } from 'node:timers/promises';
import { restUntilLook } from '../rest.ts';
import type { Following, Outcome } from '../target.ts';

/** However long a report takes, it is looked for so often at least, in milliseconds. */
const longestPauseMs = 60_000;

/**
 * Until the receiver of a webhook has reported the result, or may not any more. Rejects with the reason of
 * `detach`.
 */
export async function waitForReport(
  { cancel, detach, elsewhere }: Pick<Following, 'cancel' | 'detach' | 'elsewhere'>,
  deadline: number,
  now: () => number,
): Promise<Outcome> {
  for (;;) {
    detach.throwIfAborted();
    const report = await elsewhere.readReport();
    if (report !== undefined) return { status: report.status, exitCode: null, message: report.message };
    if (cancel.aborted) return { status: 'failed', exitCode: null, message: 'the job was cancelled' };
    const remainingMs = deadline - now();
    if (remainingMs <= 0) {
      const message =
        'the receiver accepted the webhook and did not report the result before the time limit of the job';
      return { status: 'failed', exitCode: null, message };
    }
    const pauseMs = Math.min(remainingMs, longestPauseMs);
    await restUntilLook(
      (signal) => sleep(pauseMs, undefined, { signal }),
      elsewhere,
      AbortSignal.any([cancel, detach]),
    );
  }
}
