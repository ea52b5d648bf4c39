import { PluginError } from '@sluice/plugin-sdk';
import { appendAudit, type NewAudit } from '../store/audit.ts';
import { type RequestedPoll, readServed, requestPoll } from '../store/due-polls.ts';
import type { StoredProblem } from '../store/packages.ts';
import { type PollOutcome, readLastPoll } from '../store/polls.ts';
import type { Store, Tx } from '../store/store.ts';
import { Wakeups } from './wakeups.ts';

/** How a poll that was asked for went. */
export interface PollAnswer {
  readonly outcome: PollOutcome;
  /** Revisions recorded for the first time. */
  readonly revisions: number;
  readonly problem: StoredProblem | undefined;
}

/** How to wait for a poll that somebody asks for. */
export interface PollRequest {
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** What the audit log says of it. */
  readonly audit: NewAudit;
}

/** How long to trust that a wake-up comes, in milliseconds. */
const lookAgainMs = 1_000;

/**
 * Polls a repository now, whatever its schedule and back-off, and waits for the end of a poll that began
 * after the call; undefined where there is no such repository.
 *
 * Throws `RATE_LIMITED` where its server asked not to be asked yet, and the signal's reason.
 */
export async function pollNow(
  store: Store,
  repository: string,
  { signal, now, audit }: PollRequest,
): Promise<PollAnswer | undefined> {
  const ending = new AbortController();
  const woken = new Wakeups(store, AbortSignal.any([signal, ending.signal]));
  try {
    const requested = await store.transact((tx) => requestAuditedPoll(tx, repository, { audit, now: now() }));
    if (!requested) return undefined;
    refuseTooEarly(repository, requested, now());
    while (!(await isServed(store, repository, requested))) await woken.next(lookAgainMs);
    return await store.transact((tx) => readLastPoll(tx, repository));
  } finally {
    ending.abort();
  }
}

/** Asks for a poll because somebody wants it, and records who. */
export async function requestAuditedPoll(
  tx: Tx,
  repository: string,
  { audit, now }: { readonly audit: NewAudit; readonly now: number },
): Promise<RequestedPoll | undefined> {
  const requested = await requestPoll(tx, repository, 'manual');
  if (requested) await appendAudit(tx, audit, now);
  return requested;
}

function refuseTooEarly(repository: string, { notBefore = 0 }: RequestedPoll, now: number): void {
  if (notBefore <= now) return;
  const message = `The server of ${repository} asked not to be asked before ${new Date(notBefore).toISOString()}; it is polled then`;
  throw new PluginError('RATE_LIMITED', message, { retryAfterMs: notBefore - now });
}

async function isServed(store: Store, repository: string, { request }: RequestedPoll): Promise<boolean> {
  const served = await store.transact((tx) => readServed(tx, repository));
  return served === undefined || served >= request;
}
