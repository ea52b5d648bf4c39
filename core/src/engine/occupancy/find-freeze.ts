import type { Freeze } from '../../store/freezes.ts';
import type { LevelSituation } from '../../store/situations/situation.ts';

/** What keeps a package from entering a level at a moment: a freeze of just it, or of all. */
export function findFreeze(
  { freezes }: Pick<LevelSituation, 'freezes'>,
  packageId: number | null,
  now: number,
): Freeze | undefined {
  return freezes.find(
    (freeze) =>
      (freeze.packageId === null || freeze.packageId === packageId) &&
      (freeze.until === null || freeze.until > now),
  );
}
