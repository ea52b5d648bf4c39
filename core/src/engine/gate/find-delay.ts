import { because, type Reason } from '../../domain/reason.ts';
import { type Draft, placeOf } from '../draft/draft.ts';
import { findOccupant } from '../occupancy/deployed.ts';
import type { EntryAtGate } from './entry.ts';

/** Why a run does not enter a stage yet. */
export interface Finding {
  /** Said once for each kind. */
  readonly kind: string;
  readonly reason: Reason;
  /** When to look again, in milliseconds, where that is known. */
  readonly until: number | undefined;
}

/**
 * What keeps a run out of a stage whose approval, if it needs one, is given: a hold of all starts, a pause,
 * its rest in the level before, another run that deploys at the level, a window. People who approve during a pause are let through; who has
 * something done again is not.
 */
export function findDelay({ stage, approval }: EntryAtGate, draft: Draft): Finding | undefined {
  const { hold, inForce } = draft;
  const { calendar, now } = inForce;
  const { run, notBefore, approvedAt } = stage;
  const { pausedAt, pausedReason } = run.pipeline;
  const place = placeOf(stage);
  if (hold)
    return { kind: 'hold', reason: because('stage-hold', { ...place, why: hold.reason }), until: undefined };
  if (pausedAt !== null && (approval.type === 'auto' || approvedAt === null)) {
    return {
      kind: 'paused',
      reason: because('stage-paused', { ...place, comment: pausedReason }),
      until: undefined,
    };
  }
  if (notBefore !== null && notBefore > now) {
    return { kind: 'soak', reason: because('rests', { ...place, until: notBefore }), until: notBefore };
  }
  const busy = findOccupant(draft, stage);
  if (busy) return { kind: busy.code, reason: busy, until: undefined };
  if (!approval.window) return undefined;
  const { cron, forMs } = approval.window;
  const opened = calendar.findLast(cron, { since: now - forMs, now });
  if (opened !== undefined && now < opened + forMs) return undefined;
  const opens = calendar.findNext(cron, now);
  return { kind: 'window', reason: because('window', { ...place, opens: opens ?? null }), until: opens };
}
