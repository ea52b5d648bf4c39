import type { ManualApproval } from '../../config/config.ts';
import { because, type Reason } from '../../domain/reason.ts';
import type { Alarm } from '../../store/alarms.ts';
import { type Draft, placeOf } from '../draft/draft.ts';
import { findOccupant, listDeployed } from '../occupancy/deployed.ts';
import { findFreeze } from '../occupancy/find-freeze.ts';
import { type WeighedWords, weighWords } from '../stages/weigh-words.ts';
import type { AtGate } from './entry.ts';
import type { Check } from './table.ts';

/** Why a run does not enter a stage yet. */
export interface Finding {
  readonly check: DelayCheck;
  /** Said once for each kind. */
  readonly kind: string;
  readonly reason: Reason;
  /** When to look again, in milliseconds, where that is known. */
  readonly until: number | undefined;
}

/** The people that a stage asks have not said enough yet. */
export interface Unapproved {
  readonly check: 'approvals';
  readonly approval: ManualApproval;
  readonly weighed: WeighedWords;
}

/** Something is wrong with what is behind a run. */
export interface Alarmed {
  readonly check: 'alarms';
  readonly alarms: readonly Alarm[];
}

/** What is only a matter of time, or of somebody else. */
export type DelayCheck = Exclude<Check, 'approvals' | 'alarms' | 'turn'>;

type Delay = (at: AtGate, draft: Draft) => Omit<Finding, 'check'> | undefined;

/** What delays a run, by the check that finds it. */
export const delays: Readonly<Record<DelayCheck, Delay>> = {
  stage({ stage, approval }) {
    if (approval) return undefined;
    const reason = because('stage-changed', { ...placeOf(stage), pipeline: stage.run.pipeline.name });
    return { kind: 'stage-changed', reason, until: undefined };
  },
  hold({ stage }, { hold }) {
    if (!hold) return undefined;
    const reason = because('stage-hold', { ...placeOf(stage), why: hold.reason });
    return { kind: 'hold', reason, until: undefined };
  },
  pause({ stage }) {
    const { pausedAt, pausedReason: comment } = stage.run.pipeline;
    if (pausedAt === null) return undefined;
    const reason = because('stage-paused', { ...placeOf(stage), comment });
    return { kind: 'paused', reason, until: undefined };
  },
  rest({ stage }, { now }) {
    const { notBefore } = stage;
    if (notBefore === null || notBefore <= now) return undefined;
    const reason = because('rests', { ...placeOf(stage), until: notBefore });
    return { kind: 'soak', reason, until: notBefore };
  },
  freeze({ stage }, draft) {
    for (const { level, package: name, place } of listDeployed(draft, stage)) {
      const freeze = findFreeze(level, place.packageId, draft.now);
      if (!freeze) continue;
      const { packageId, person: by, comment, until } = freeze;
      const what = { level: level.name, package: packageId === null ? null : name };
      const reason = because('frozen', { ...placeOf(stage), ...what, by, comment, until });
      return { kind: 'frozen', reason, until: until ?? undefined };
    }
    return undefined;
  },
  'level-busy'({ stage }, draft) {
    const reason = findOccupant(draft, stage);
    return reason && { kind: reason.code, reason, until: undefined };
  },
  window({ stage, approval }, { inForce: { calendar, now } }) {
    if (!approval?.window) return undefined;
    const { cron, forMs } = approval.window;
    const opened = calendar.findLast(cron, { since: now - forMs, now });
    if (opened !== undefined && now < opened + forMs) return undefined;
    const until = calendar.findNext(cron, now);
    return {
      kind: 'window',
      reason: because('window', { ...placeOf(stage), opens: until ?? null }),
      until,
    };
  },
  lock({ stage }) {
    const { definition, lockedBy } = stage.run.pipeline;
    if ((definition?.lock ?? 'none') === 'none' || lockedBy === null || lockedBy === stage.run.id)
      return undefined;
    return { kind: 'locked', reason: because('stage-locked', placeOf(stage)), until: undefined };
  },
};

/** Whose approval a run lacks, by what counts now. */
export function findUnapproved({ stage, approval }: AtGate, { inForce }: Draft): Unapproved | undefined {
  if (approval?.type !== 'manual') return undefined;
  const weighed = weighWords(stage, approval, inForce);
  return weighed.isEnough ? undefined : { check: 'approvals', approval, weighed };
}

/** The alarms that keep a run out of a stage; the others are for people to judge. */
export function findAlarms({ stage: { run } }: AtGate): Alarmed | undefined {
  const holding = run.overridden ? [] : run.alarms.filter(isHolding);
  return holding.length === 0 ? undefined : { check: 'alarms', alarms: holding };
}

function isHolding({ kind }: Alarm): boolean {
  return kind === 'republished' || kind === 'withdrawn';
}
