import {
  type RevisionBehind,
  type RunBehind,
  readRunBehind,
  readVersionsBetween,
  type UpstreamBehind,
  type VersionBetween,
} from '../store/compare-runs.ts';
import { namePackages } from '../store/packages.ts';
import { readPipelineNames } from '../store/pipelines.ts';
import type { Tx } from '../store/store.ts';

/** What differs between what stands behind two runs of a pipeline. */
export interface Comparison {
  readonly from: ComparedRun;
  readonly to: ComparedRun;
  /** By name, those that the runs pinned themselves first. */
  readonly packages: readonly PackageChange[];
  readonly pipelines: readonly PipelineChange[];
}

export type ComparedRun = Pick<RunBehind, 'counter' | 'label' | 'status'>;

/** How something differs: `rebuilt` is the same version with other bytes. */
export type ChangeKind = 'same' | 'raised' | 'lowered' | 'rebuilt' | 'added' | 'removed';

/** What became of a package from one run to another. */
export interface PackageChange {
  readonly package: string;
  readonly isDirect: boolean;
  readonly change: ChangeKind;
  /** Versions; null where the package is not behind that run. */
  readonly from: string | null;
  readonly to: string | null;
  /**
   * What lies between: the versions that were added on the way up, or taken back on the way down, highest
   * first.
   */
  readonly between: readonly VersionBetween[];
  /** Whether there are more between than are told. */
  readonly isCut: boolean;
}

/** What became of an upstream pipeline's run; null where there is none, or none any more. */
export interface PipelineChange {
  readonly pipeline: string;
  readonly isDirect: boolean;
  readonly isChanged: boolean;
  readonly from: UpstreamBehind | null;
  readonly to: UpstreamBehind | null;
}

/** Which runs, by their counters. */
export interface CompareRequest {
  readonly pipeline: string;
  readonly from: number;
  readonly to: number;
}

const mostBetween = 100;

/** Compares everything behind two runs of a pipeline; answers the counter of a run that there is not. */
export async function compareRuns(
  tx: Tx,
  { pipeline, from, to }: CompareRequest,
): Promise<Comparison | { readonly missing: number }> {
  const [before, after] = [await readRunBehind(tx, pipeline, from), await readRunBehind(tx, pipeline, to)];
  if (!before || !after) return { missing: before ? to : from };
  const toRun = ({ counter, label, status }: RunBehind) => ({ counter, label, status });
  return {
    from: toRun(before),
    to: toRun(after),
    packages: await comparePackages(tx, before, after),
    pipelines: await comparePipelines(tx, before, after),
  };
}

async function comparePackages(
  tx: Tx,
  before: RunBehind,
  after: RunBehind,
): Promise<readonly PackageChange[]> {
  const ids = [...new Set([...before.packages.keys(), ...after.packages.keys()])];
  const names = await namePackages(tx, ids);
  const changes: PackageChange[] = [];
  for (const id of ids) {
    const [from, to] = [before.packages.get(id), after.packages.get(id)];
    const between = await readBetween(tx, id, from, to);
    changes.push({
      package: names.get(id) ?? '',
      isDirect: (from?.isDirect || to?.isDirect) ?? false,
      change: judge(from, to),
      from: from?.version ?? null,
      to: to?.version ?? null,
      between: between.slice(0, mostBetween),
      isCut: between.length > mostBetween,
    });
  }
  return changes.toSorted(
    (a, b) => Number(b.isDirect) - Number(a.isDirect) || (a.package < b.package ? -1 : 1),
  );
}

function judge(from: RevisionBehind | undefined, to: RevisionBehind | undefined): ChangeKind {
  if (!from) return 'added';
  if (!to) return 'removed';
  if (from.id === to.id) return from.edition === to.edition ? 'same' : 'rebuilt';
  return to.rank > from.rank ? 'raised' : 'lowered';
}

async function readBetween(
  tx: Tx,
  packageId: number,
  from: RevisionBehind | undefined,
  to: RevisionBehind | undefined,
): Promise<readonly VersionBetween[]> {
  if (!from || !to || from.id === to.id) return [];
  const [above, upTo] = [Math.min(from.rank, to.rank), Math.max(from.rank, to.rank)];
  return readVersionsBetween(tx, { packageId, above, upTo, limit: mostBetween + 1 });
}

async function comparePipelines(
  tx: Tx,
  before: RunBehind,
  after: RunBehind,
): Promise<readonly PipelineChange[]> {
  const ids = [...new Set([...before.pipelines.keys(), ...after.pipelines.keys()])];
  const names = await readPipelineNames(tx, ids);
  const changes = ids.map((id) => {
    const [from, to] = [before.pipelines.get(id) ?? null, after.pipelines.get(id) ?? null];
    const isDirect = (from?.isDirect || to?.isDirect) ?? false;
    return { pipeline: names.get(id) ?? '', isDirect, isChanged: from?.counter !== to?.counter, from, to };
  });
  return changes.toSorted(
    (a, b) => Number(b.isDirect) - Number(a.isDirect) || (a.pipeline < b.pipeline ? -1 : 1),
  );
}
