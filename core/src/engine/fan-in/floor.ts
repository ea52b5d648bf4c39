import type { LastAutomatic, PackageBehind, Provenance } from '../../domain/provenance.ts';
import type { Candidate } from './candidate.ts';

/** What the last automatic run of a pipeline had: below it, `trigger: latest` never goes. */
export interface Floor {
  /** That run's counter. */
  readonly counter: number;
  /** All that it had. */
  readonly packages: ReadonlyMap<number, PackageBehind>;
  /** What of it nothing may be lower than. */
  readonly standing: ReadonlyMap<number, PackageBehind>;
  readonly pipelines: ReadonlyMap<number, number>;
}

/**
 * The floor of a pipeline, from its last automatic run; undefined where nothing has started it by itself yet.
 * A package that follows a pointer has none, since each of the pointer's moves is new; nor has one whose
 * revision is withdrawn or republished by now.
 */
export function findFloor(last: LastAutomatic | undefined): Floor | undefined {
  if (!last) return undefined;
  const standing = last.behind.filter(({ state, isFollower }) => state === 'published' && !isFollower);
  const { counter, pipelines } = last;
  return { counter, pipelines, packages: byPackage(last.behind), standing: byPackage(standing) };
}

function byPackage(behind: readonly PackageBehind[]): ReadonlyMap<number, PackageBehind> {
  return new Map(behind.map((one) => [one.packageId, one]));
}

/** The package of a candidate that is below the floor, with what is there; undefined where none is. */
export function findLower(
  { behind }: Candidate,
  floor: Floor | undefined,
): { readonly lower: PackageBehind; readonly than: PackageBehind } | undefined {
  for (const lower of behind) {
    const than = floor?.standing.get(lower.packageId);
    if (than && lower.rank < than.rank) return { lower, than };
  }
  return undefined;
}

/**
 * Whether a set, none of whose packages is lower, is older all the same: the same packages, and runs of which
 * none is newer.
 */
export function isOlder({ packages, pipelines }: Provenance, floor: Floor | undefined): boolean {
  if (!floor || floor.pipelines.size === 0) return false;
  for (const [packageId, { revisionId }] of packages) {
    if (floor.packages.get(packageId)?.revisionId !== revisionId) return false;
  }
  const pairs = [...pipelines].flatMap(([id, runId]) => {
    const before = floor.pipelines.get(id);
    return before === undefined ? [] : [runId - before];
  });
  return pairs.some((difference) => difference < 0) && pairs.every((difference) => difference <= 0);
}
