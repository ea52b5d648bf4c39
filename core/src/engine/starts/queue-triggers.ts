import { because, type ReasonOf } from '../../domain/reason.ts';
import type { Standing } from '../../domain/revision.ts';
import {
  compareAge,
  describeTrigger,
  type WaitingRevision,
  type WaitingTrigger,
} from '../../domain/trigger.ts';

/** A trigger that is not to start anything now, or ever, and why. */
export interface JudgedTrigger {
  readonly trigger: WaitingTrigger;
  readonly reason: ReasonOf<'newer-trigger' | 'run-again' | 'trigger-barred'>;
}

/** What the waiting triggers of a pipeline come to. */
export interface TriggerQueue {
  /** Those that a run may start from, in the order of their turn. */
  readonly next: readonly WaitingTrigger[];
  readonly superseded: readonly JudgedTrigger[];
  /** Those that cannot be fulfilled now, though their turn may come. */
  readonly held: readonly JudgedTrigger[];
}

/** Which standings of a package may start something beside `ok`. */
export type Accepts = (packageName: string) => readonly Standing[];

/**
 * Puts the waiting triggers of a pipeline into the order of their turn.
 *
 * `latest`: of each material the newest first; beyond the newest `kept`, older ones are superseded. `every`:
 * the material that waits longest, and of each the oldest first; none is superseded. Newest is by the
 * pointer's move and then by rank, or by the upstream run.
 */
export function queueTriggers(
  waiting: readonly WaitingTrigger[],
  accepts: Accepts,
  kept: number,
): TriggerQueue {
  const gone = waiting.filter((trigger) => trigger.kind === 'pass' && !trigger.isNewest);
  const held = waiting.flatMap((trigger) => findObjection(trigger, accepts) ?? []);
  const out = new Set([...gone, ...held.map(({ trigger }) => trigger)]);
  const free = waiting.filter((trigger) => !out.has(trigger));
  const every = groupByMaterial(free.filter((trigger) => !isLatest(trigger)));
  const latest = groupByMaterial(free.filter(isLatest)).map((ofOne) => ofOne.toReversed());
  const superseded = waiting.filter(isLatest).flatMap((trigger) => {
    const newer = latest.find(([first]) => first && materialOf(first) === materialOf(trigger)) ?? [];
    const by = newer.slice(0, kept).at(-1);
    const isPassedBy = by !== undefined && newer.length >= kept && compareAge(trigger, by) < 0;
    return isPassedBy ? [{ trigger, reason: because('newer-trigger', describeTrigger(newer[0] ?? by)) }] : [];
  });
  const supersededIds = new Set(superseded.map(({ trigger }) => trigger.id));
  return {
    next: [...every.flat(), ...latest.flatMap((ofOne) => ofOne.slice(0, kept))],
    superseded: [...superseded, ...gone.map(describeGone)],
    held: held.filter(({ trigger }) => !supersededIds.has(trigger.id)),
  };
}

function isLatest({ mode }: WaitingTrigger): boolean {
  return mode === 'latest';
}

/** By the material that waits longest, and of each the oldest first. */
function groupByMaterial(triggers: readonly WaitingTrigger[]): readonly (readonly WaitingTrigger[])[] {
  return [...Map.groupBy(triggers, materialOf).values()].map((ofOne) => ofOne.toSorted(compareAge));
}

function materialOf(trigger: WaitingTrigger): string {
  return describeTrigger(trigger).material;
}

function describeGone(trigger: WaitingTrigger): JudgedTrigger {
  const { material: pipeline, value } = describeTrigger(trigger);
  const stage = trigger.kind === 'pass' ? trigger.stage : '';
  return { trigger, reason: because('run-again', { pipeline, run: Number(value), stage }) };
}

function findObjection(trigger: WaitingTrigger, accepts: Accepts): JudgedTrigger | undefined {
  if (trigger.kind === 'pass') return undefined;
  const is = describeObjection(trigger, accepts(trigger.package));
  return is === undefined
    ? undefined
    : { trigger, reason: because('trigger-barred', { ...describeTrigger(trigger), is }) };
}

function describeObjection(
  { state, standing }: WaitingRevision,
  accepted: readonly Standing[],
): string | undefined {
  if (state !== 'published') return state;
  return standing === 'ok' || accepted.includes(standing) ? undefined : standing;
}
