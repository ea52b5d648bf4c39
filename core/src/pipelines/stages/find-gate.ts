import type { ApprovalConfig } from '../../config/config.ts';
import type { OpenStage } from '../../store/open-stages.ts';
import type { Move } from '../changes.ts';
import { describeHold } from '../describe-hold.ts';

/** A stage that a run is to enter, and what lets it in by the configuration in force. */
export interface StageAtGate extends OpenStage {
  readonly approval: ApprovalConfig;
}

/** Why a run may not enter a stage yet, and when to look again (milliseconds) where that is known. */
export interface Gate {
  readonly kind: 'hold' | 'paused' | 'soak' | 'window';
  readonly reason: string;
  readonly until: number | undefined;
}

/**
 * What keeps a run out of a stage whose approval, if it needs one, is given: a hold of all starts, a pause, its rest in the level before, a window. People who
 * approve during a pause are let through; who has something done again is not.
 */
export function findGate(stage: StageAtGate, { pipeline, calendar, now, hold }: Move): Gate | undefined {
  const { approval, approvedAt, counter, name, notBefore } = stage;
  const what = `run ${counter} does not enter ${name} yet`;
  if (hold) return { kind: 'hold', reason: `${what}: ${describeHold(hold)}`, until: undefined };
  if (pipeline.pausedAt !== null && (approval.type === 'auto' || approvedAt === null)) {
    const why = pipeline.pausedReason ? `: ${pipeline.pausedReason}` : '';
    return { kind: 'paused', reason: `${what}: the pipeline is paused${why}`, until: undefined };
  }
  if (notBefore !== null && notBefore > now) {
    return {
      kind: 'soak',
      reason: `${what}: it rests in the level before until ${new Date(notBefore).toISOString()}`,
      until: notBefore,
    };
  }
  if (!approval.window) return undefined;
  const { cron, forMs } = approval.window;
  const opened = calendar.findLast(cron, { since: now - forMs, now });
  if (opened !== undefined && now < opened + forMs) return undefined;
  const opens = calendar.findNext(cron, now);
  const when = opens === undefined ? 'does not open' : `opens at ${new Date(opens).toISOString()}`;
  return { kind: 'window', reason: `${what}: its window ${when}`, until: opens };
}
