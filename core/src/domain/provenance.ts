import type { RevisionState } from './revision.ts';

/** Which bytes of which version: two values of one package are the same where both numbers are. */
export interface PackageValue {
  readonly revisionId: number;
  readonly edition: number;
}

/** Everything behind a run: each package's bytes by package id, each pipeline's run by pipeline id. */
export interface Provenance {
  readonly packages: ReadonlyMap<number, PackageValue>;
  readonly pipelines: ReadonlyMap<number, number>;
}

/** A run whose stage's newest attempt is passed. */
export interface PassedRun {
  readonly id: number;
  readonly pipelineId: number;
  readonly counter: number;
  readonly label: string;
  readonly stage: string;
  readonly stageCounter: number;
}

/** A package behind a run, as the ledger has it now. */
export interface PackageBehind extends PackageValue {
  readonly packageId: number;
  readonly rank: number;
  readonly state: RevisionState;
}

/** A passed run with everything behind it, itself included. */
export interface TracedRun {
  readonly run: PassedRun;
  readonly provenance: Provenance;
  readonly behind: readonly PackageBehind[];
}

/** Which passed runs of a pipeline, newest first. */
export interface PassedQuery {
  readonly pipelineId: number;
  readonly stage: string;
  /** Only this one. */
  readonly runId?: number | undefined;
  /** Only those with these bytes behind them. */
  readonly value?: PackageValue | undefined;
  /** Only those with a higher id: a run is younger than what is behind it. */
  readonly above?: number | undefined;
  /** Only those with a lower id. */
  readonly below?: number | undefined;
  readonly limit: number;
}

/** What stands behind the last run that was started automatically. */
export interface LastAutomatic {
  readonly counter: number;
  /** Packages, and whether each follows a pointer. */
  readonly behind: readonly (PackageBehind & { readonly isFollower: boolean })[];
  readonly pipelines: ReadonlyMap<number, number>;
}

/** Nothing is behind it. */
export const nothingBehind: Provenance = { packages: new Map(), pipelines: new Map() };

/**
 * Everything behind two things together; undefined where they disagree, since a package or a pipeline has two
 * values.
 */
export function mergeProvenance(a: Provenance, b: Provenance): Provenance | undefined {
  for (const [packageId, value] of b.packages) {
    const other = a.packages.get(packageId);
    if (other && (other.revisionId !== value.revisionId || other.edition !== value.edition)) return undefined;
  }
  for (const [pipelineId, runId] of b.pipelines) {
    const other = a.pipelines.get(pipelineId);
    if (other !== undefined && other !== runId) return undefined;
  }
  const packages = new Map([...a.packages, ...b.packages]);
  return { packages, pipelines: new Map([...a.pipelines, ...b.pipelines]) };
}

/** Whether a passed run is one of those that a query asks for, its limit aside. */
export function matches({ run, behind }: TracedRun, query: PassedQuery): boolean {
  const { pipelineId, stage, runId, value, above, below } = query;
  const has = (one: PackageValue) => one.revisionId === value?.revisionId && one.edition === value.edition;
  return (
    run.pipelineId === pipelineId &&
    run.stage === stage &&
    (runId === undefined || run.id === runId) &&
    (above === undefined || run.id > above) &&
    (below === undefined || run.id < below) &&
    (value === undefined || behind.some(has))
  );
}
