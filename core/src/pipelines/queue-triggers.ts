import type { Standing } from '@sluice/plugin-sdk';
import type { WaitingRevision, WaitingTrigger } from '../store/triggers.ts';

/** A trigger that is not to start anything now, or ever, and why. */
export interface JudgedTrigger {
  readonly trigger: WaitingTrigger;
  readonly reason: string;
}

/** What a look at the waiting triggers of a pipeline says. */
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
 * Puts the waiting triggers of a pipeline into the order of their turn. Pure.
 *
 * `latest`: of each material the newest first; beyond the newest `kept`, older ones are superseded. `every`: the material that waits
 * longest, and of each the oldest first; none is superseded. Newest is by the pointer's move and then by rank, or by the upstream run.
 */
export function queueTriggers(waiting: readonly WaitingTrigger[], accepts: Accepts, kept: number): TriggerQueue {
  const gone = waiting.filter((trigger) => trigger.kind === 'pass' && !trigger.isNewest);
  const held = waiting.flatMap((trigger) => findObjection(trigger, accepts) ?? []);
  const out = new Set([...gone, ...held.map(({ trigger }) => trigger)]);
  const free = waiting.filter((trigger) => !out.has(trigger));
  const latest = [...Map.groupBy(free.filter(isLatest), materialOf).values()].map((ofOne) =>
    ofOne.toSorted(compareAge).toReversed(),
  );
  const every = [
    ...Map.groupBy(
      free.filter((trigger) => !isLatest(trigger)),
      materialOf,
    ).values(),
  ];
  const superseded = waiting.filter(isLatest).flatMap((trigger) => {
    const newer = latest.find(([first]) => first && materialOf(first) === materialOf(trigger)) ?? [];
    const by = newer.slice(0, kept).at(-1);
    const isPassedBy = by !== undefined && newer.length >= kept && compareAge(trigger, by) < 0;
    return isPassedBy ? [{ trigger, reason: `${name(newer[0] ?? by)} is newer, and starts in its place` }] : [];
  });
  const supersededIds = new Set(superseded.map(({ trigger }) => trigger.id));
  return {
    next: [...every.flatMap((ofOne) => ofOne.toSorted(compareAge)), ...latest.flatMap((ofOne) => ofOne.slice(0, kept))],
    superseded: [...superseded, ...gone.map(describeGone)],
    held: held.filter(({ trigger }) => !supersededIds.has(trigger.id)),
  };
}

function isLatest({ mode }: WaitingTrigger): boolean {
  return mode === 'latest';
}

function materialOf(trigger: WaitingTrigger): string {
  return trigger.kind === 'revision' ? trigger.package : trigger.upstream;
}

function name(trigger: WaitingTrigger): string {
  return trigger.kind === 'revision' ? `${trigger.package} ${trigger.version}` : `${trigger.upstream} ${trigger.counter}`;
}

function compareAge(a: WaitingTrigger, b: WaitingTrigger): number {
  if (a.kind === 'revision' && b.kind === 'revision') return a.move - b.move || a.rank - b.rank;
  return a.kind === 'pass' && b.kind === 'pass' ? a.runId - b.runId || a.id - b.id : 0;
}

function describeGone(trigger: WaitingTrigger): JudgedTrigger {
  const stage = trigger.kind === 'pass' ? trigger.stage : '';
  return { trigger, reason: `${name(trigger)} was run again from ${stage} on; what comes of that decides` };
}

function findObjection(trigger: WaitingTrigger, accepts: Accepts): JudgedTrigger | undefined {
  if (trigger.kind === 'pass') return undefined;
  const because = describeObjection(trigger, accepts(trigger.package));
  return because === undefined
    ? undefined
    : { trigger, reason: `${name(trigger)} is ${because}; it starts nothing for as long as it is` };
}

function describeObjection({ state, standing }: WaitingRevision, accepted: readonly Standing[]): string | undefined {
  if (state !== 'published') return state;
  return standing === 'ok' || accepted.includes(standing) ? undefined : standing;
}
