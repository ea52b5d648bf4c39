import type { Material } from '../../../src/config/config.ts';
import type { Element, Snapshot, SnapshotRun } from './snapshot.ts';

/**
 * Everything behind something by walking what was pinned, again and again: every value that a package or
 * pipeline has.
 */
export interface Ancestry {
  readonly packages: ReadonlyMap<string, ReadonlySet<number>>;
  readonly pipelines: ReadonlyMap<string, ReadonlySet<number>>;
}

/** What stands behind some elements, themselves included. */
export function findAncestry(elements: readonly Element[], { runs }: Pick<Snapshot, 'runs'>): Ancestry {
  const packages = new Map<string, Set<number>>();
  const pipelines = new Map<string, Set<number>>();
  const visit = (element: Element): void => {
    if ('revision' in element) {
      packages.set(element.package, (packages.get(element.package) ?? new Set()).add(element.revision));
      return;
    }
    pipelines.set(element.pipeline, (pipelines.get(element.pipeline) ?? new Set()).add(element.run));
    for (const one of runs.get(element.run)?.materials ?? []) visit(one);
  };
  for (const element of elements) visit(element);
  return { packages, pipelines };
}

/** Whether no package and no pipeline has two values. */
export function agrees({ packages, pipelines }: Ancestry): boolean {
  return [...packages.values(), ...pipelines.values()].every(({ size }) => size === 1);
}

/** What a set must be like, beside agreeing. */
export interface Wanted {
  readonly materials: readonly Material[];
  /** What it must contain. */
  readonly anchors: readonly Element[];
  /** The run whose packages it may not be lower than. */
  readonly floor: SnapshotRun | undefined;
}

/** The newest set that agrees, by trying every one in the order of rule 9; undefined where there is none. */
export function findNewestSet(
  { materials, anchors, floor }: Wanted,
  snapshot: Snapshot,
): readonly Element[] | undefined {
  const descend = (chosen: readonly Element[]): readonly Element[] | undefined => {
    const material = materials[chosen.length];
    if (!material) return isLowerThan(chosen, floor, snapshot) ? undefined : chosen;
    const anchor = anchors.find((element) => nameOf(element) === nameOfMaterial(material));
    for (const element of anchor ? [anchor] : listElements(material, snapshot)) {
      const set = [...chosen, element];
      const found = agrees(findAncestry(set, snapshot)) ? descend(set) : undefined;
      if (found) return found;
    }
    return undefined;
  };
  return descend([]);
}

function listElements(material: Material, { passed, revisions }: Snapshot): readonly Element[] {
  if ('pipeline' in material)
    return (passed.get(material.pipeline) ?? []).map((run) => ({ pipeline: material.pipeline, run }));
  return (revisions.get(material.package) ?? []).map((revision) => ({ package: material.package, revision }));
}

/**
 * Whether a package is lower than the floor's, or all are the same, and of the runs none is newer and some
 * are older.
 */
export function isLowerThan(
  set: readonly Element[],
  floor: SnapshotRun | undefined,
  snapshot: Snapshot,
): boolean {
  if (!floor) return false;
  const [ours, theirs] = [findAncestry(set, snapshot), findAncestry(floor.materials, snapshot)];
  const rankOf = (revision: number | undefined) => snapshot.ranks.get(revision ?? -1) ?? -1;
  const steps = [...ours.packages].map(
    ([name, [revision]]) => rankOf(revision) - rankOf([...(theirs.packages.get(name) ?? [])][0]),
  );
  if (steps.some((step) => step < 0)) return true;
  const moves = [...ours.pipelines].map(
    ([name, [run]]) => (run ?? 0) - ([...(theirs.pipelines.get(name) ?? [])][0] ?? 0),
  );
  return (
    steps.every((step) => step === 0) && moves.every((move) => move <= 0) && moves.some((move) => move < 0)
  );
}

/** The newest run of a pipeline that `latest` or `every` started. */
export function findFloor(pipeline: string, { runs }: Snapshot): SnapshotRun | undefined {
  return [...runs.values()].findLast(
    (run) => run.pipeline === pipeline && (run.startedBy === 'latest' || run.startedBy === 'every'),
  );
}

export function nameOf(element: Element): string {
  return 'revision' in element ? `package ${element.package}` : `pipeline ${element.pipeline}`;
}

function nameOfMaterial(material: Material): string {
  return 'pipeline' in material ? `pipeline ${material.pipeline}` : `package ${material.package}`;
}
