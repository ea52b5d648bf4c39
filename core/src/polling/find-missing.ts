import type { Problem } from '../plugins/plugin-host.ts';
import type { RecordedRevision } from '../store/ledger.ts';
import type { DetectionTime, PackageHistory, RevisionChange } from './changes.ts';

/**
 * How long a set that lost too much must stay that way before its revisions count as withdrawn, in
 * milliseconds.
 */
export const shrunkMs = 3_600_000;

/** What follows from revisions that an answer lacks. */
export interface Missing {
  readonly changed: readonly RevisionChange[];
  readonly shrunkSince: number | undefined;
  readonly problem: Problem | undefined;
}

/**
 * Notes what went missing, and withdraws what two answers lacked that are `confirmMs` apart.
 *
 * A set that turns empty, or loses more than half while nothing new appears, is first a problem: of that loss
 * nothing is withdrawn before an hour of answers that agree.
 */
export function findMissing(
  history: PackageHistory,
  absent: readonly RecordedRevision[],
  somethingNew: boolean,
  { now, confirmMs }: DetectionTime,
): Missing {
  const before = history.revisions.filter(isPresent).length;
  const newlyAbsent = absent.filter(({ missingSince }) => missingSince === undefined);
  const shrinks = !somethingNew && newlyAbsent.length * 2 > before;
  const since = history.shrunkSince ?? (shrinks ? now : undefined);
  const isOfTheLoss = ({ missingSince = now }: RecordedRevision) =>
    since !== undefined && missingSince >= since;
  const lost = absent.filter(isOfTheLoss);
  const stillShrunk = lost.length * 2 > before + absent.length - newlyAbsent.length;
  const isDue = (revision: RecordedRevision) =>
    revision.missingSince !== undefined &&
    now - revision.missingSince >= (stillShrunk && isOfTheLoss(revision) ? shrunkMs : confirmMs);
  const withdrawn = absent.filter(isDue);
  const shrunk = stillShrunk && lost.some((revision) => !isDue(revision));
  return {
    changed: [...withdrawn.map(withdraw), ...newlyAbsent.map((recorded) => miss(recorded, now))],
    shrunkSince: shrunk ? since : undefined,
    problem: shrunk ? describeLoss(lost.length, before + absent.length - newlyAbsent.length) : undefined,
  };
}

function isPresent({ selected, state, missingSince }: RecordedRevision): boolean {
  return selected && state !== 'withdrawn' && missingSince === undefined;
}

function withdraw(recorded: RecordedRevision): RevisionChange {
  return { kind: 'withdrawn', recorded, patch: { state: 'withdrawn', missingSince: null } };
}

function miss(recorded: RecordedRevision, now: number): RevisionChange {
  return { kind: 'missing', recorded, patch: { missingSince: now } };
}

function describeLoss(lost: number, known: number): Problem {
  const what =
    lost === known ? `none of its ${known} versions any more` : `${lost} of its ${known} versions no more`;
  return {
    code: 'NOT_FOUND',
    message: `The repository lists ${what}; see whether it is whole. They count as withdrawn after an hour`,
  };
}
