import type { Revision } from '@sluice/plugin-sdk';
import type { Status } from '../../domain/status.ts';

/** What a server has recorded, as far as a backtest goes by it; times in milliseconds. */
export interface History {
  /** From when on it is known what the server did. */
  readonly since: number;
  readonly packages: readonly PackageHistory[];
  /** Oldest first. */
  readonly runs: readonly RecordedRun[];
  /** Of pipelines whose older runs are not kept any more: from when on they are known. */
  readonly keptSince: ReadonlyMap<string, number>;
  /** What could not be judged, a sentence each. */
  readonly notes: readonly string[];
}

/** What the ledger has of a package. */
export interface PackageHistory {
  readonly repository: string;
  readonly package: string;
  /**
   * The version that a followed pointer names: then its moves, which the ledger does not keep, start what it
   * starts.
   */
  readonly pointer: string | null;
  /** Lowest rank first. */
  readonly revisions: readonly RecordedRevision[];
}

/** A revision, and when it was detected. */
export interface RecordedRevision {
  readonly facts: Revision;
  readonly rank: number;
  readonly detectedAt: number;
}

/** A run of the server. */
export interface RecordedRun {
  readonly pipeline: string;
  readonly counter: number;
  readonly createdAt: number;
  readonly startedBy: string;
  /** What it pinned itself: versions by `repository/package`, counters by pipeline. */
  readonly pinned: Readonly<Record<string, string | number>>;
  /** Every package behind it, `npmjs/fastify` to `5.2.1`. */
  readonly packages: ReadonlyMap<string, string>;
  readonly stages: readonly RecordedStage[];
}

/** How a stage of a run went. */
export interface RecordedStage {
  readonly name: string;
  readonly status: Status;
  /** Milliseconds; undefined where it did not run to an end. */
  readonly tookMs: number | undefined;
}

/** What makes two runs the same in a backtest: the pipeline, and every version behind them. */
export function nameRun(pipeline: string, packages: ReadonlyMap<string, string>): string {
  return `${pipeline} ${describePackages(packages)}`;
}

/** Versions for people, in the order of the packages' names. */
export function describePackages(packages: ReadonlyMap<string, string>): string {
  const names = [...packages.keys()].toSorted();
  return names.map((name) => `${name} ${packages.get(name)}`).join(', ');
}
