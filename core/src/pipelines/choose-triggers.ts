import type { Standing } from '@sluice/plugin-sdk';
import type { WaitingTrigger } from '../store/triggers.ts';

/** Why a trigger cannot be fulfilled now, though its turn may come. */
export interface HeldTrigger {
  readonly trigger: WaitingTrigger;
  /** What is wrong with its revision, as a participle: `withdrawn`. */
  readonly because: string;
}

/** A trigger that a newer one takes the place of. */
export interface SupersededTrigger {
  readonly trigger: WaitingTrigger;
  readonly by: WaitingTrigger;
}

/** What a look at the waiting triggers of a pipeline says. */
export interface Choice {
  /** What the next run takes: the newest of each `latest` package, and one of `every`. Empty where nothing can start. */
  readonly taken: readonly WaitingTrigger[];
  readonly superseded: readonly SupersededTrigger[];
  readonly held: readonly HeldTrigger[];
  /** What waits for a run after the next. */
  readonly later: readonly WaitingTrigger[];
}

/** Which standings of a package may start something beside `ok`. */
export type Accepts = (packageName: string) => readonly Standing[];

/**
 * Chooses what the next run of a pipeline takes. Pure.
 *
 * `latest`: of each package the newest, by the pointer's move and then by rank, supersedes the others. `every`: the package that
 * waits longest, and of it the oldest by the same order; the rest waits.
 */
export function chooseTriggers(waiting: readonly WaitingTrigger[], accepts: Accepts): Choice {
  const held = waiting.flatMap((trigger) => {
    const because = findObjection(trigger, accepts(trigger.package));
    return because === undefined ? [] : [{ trigger, because }];
  });
  const heldIds = new Set(held.map(({ trigger }) => trigger.id));
  const free = waiting.filter(({ id }) => !heldIds.has(id));
  const latest = [...Map.groupBy(free.filter(isLatest), ({ packageId }) => packageId).values()].map((ofPackage) =>
    ofPackage.reduce((newest, trigger) => (compareAge(trigger, newest) > 0 ? trigger : newest)),
  );
  const superseded = waiting.filter(isLatest).flatMap((trigger) => {
    const by = latest.find(({ packageId }) => packageId === trigger.packageId);
    return by && compareAge(trigger, by) < 0 ? [{ trigger, by }] : [];
  });
  const supersededIds = new Set(superseded.map(({ trigger }) => trigger.id));
  const [longest, ...others] = free.filter((trigger) => !isLatest(trigger));
  const first = longest && others.filter(({ packageId }) => packageId === longest.packageId).reduce(pickOlder, longest);
  return {
    taken: first ? [first, ...latest] : latest,
    superseded,
    held: held.filter(({ trigger }) => !supersededIds.has(trigger.id)),
    later: free.filter((trigger) => !isLatest(trigger) && trigger !== first),
  };
}

function isLatest({ mode }: WaitingTrigger): boolean {
  return mode === 'latest';
}

function pickOlder(older: WaitingTrigger, trigger: WaitingTrigger): WaitingTrigger {
  return compareAge(trigger, older) < 0 ? trigger : older;
}

function compareAge(a: WaitingTrigger, b: WaitingTrigger): number {
  return a.move - b.move || a.rank - b.rank;
}

function findObjection({ state, standing }: WaitingTrigger, accepted: readonly Standing[]): string | undefined {
  if (state !== 'published') return state;
  return standing === 'ok' || accepted.includes(standing) ? undefined : standing;
}
