import type { PipelineConfig } from '../../../src/config/config.ts';
import type { PlaceState, StayState } from '../../../src/domain/level.ts';
import type { Provenance } from '../../../src/domain/provenance.ts';
import type { RevisionState, Standing } from '../../../src/domain/revision.ts';
import type { StartedBy, Status } from '../../../src/domain/status.ts';
import type { TriggerMode } from '../../../src/domain/trigger.ts';
import type { Approval } from '../../../src/store/approvals.ts';
import type { NewDecision } from '../../../src/store/decisions.ts';
import type { Dependency } from '../../../src/store/dependencies.ts';
import type { Freeze } from '../../../src/store/freezes.ts';
import type { Hold } from '../../../src/store/hold.ts';
import type { LockedPipeline } from '../../../src/store/pipelines.ts';
import type { Pin } from '../../../src/store/runs.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface PackageRow {
  readonly id: number;
  /** `npmjs/a` */
  readonly name: string;
  /** The version that is followed. */
  pointer: string | null;
  moves: number;
}

export interface RevisionRow {
  readonly id: number;
  readonly packageId: number;
  readonly version: string;
  rank: number;
  digest: string;
  edition: number;
  state: RevisionState;
  standing: Standing;
  unacknowledged: boolean;
}

export type PipelineRow = Mutable<LockedPipeline>;

export interface ListenerRow {
  readonly pipelineId: number;
  readonly packageId: number;
  mode: TriggerMode | 'manual';
  active: boolean;
  /** When its first look was taken. */
  since: number | null;
}

export interface TriggerRow {
  readonly id: number;
  readonly pipelineId: number;
  readonly mode: TriggerMode;
  readonly of:
    | {
        readonly packageId: number;
        readonly revisionId: number;
        readonly version: string;
        readonly digest: string;
        readonly move: number;
        readonly poll: string | null;
      }
    | { readonly upstreamRunId: number; readonly upstreamStageId: number };
  state: 'waiting' | 'held' | 'dropped' | 'superseded' | 'started';
  waits: string | null;
  runId: number | null;
}

export interface RunRow {
  readonly id: number;
  readonly pipelineId: number;
  readonly counter: number;
  readonly label: string;
  readonly startedBy: StartedBy;
  readonly person: string | null;
  readonly overridden: boolean;
  readonly provenance: Provenance;
  readonly pins: readonly Pin[];
  readonly definition: PipelineConfig;
  status: Status;
}

export interface StageRow {
  readonly id: number;
  readonly runId: number;
  readonly pipelineId: number;
  readonly position: number;
  readonly name: string;
  readonly counter: number;
  latest: boolean;
  status: Status;
  readyAt: number | null;
  notBefore: number | null;
  expiresAt: number | null;
  approvedAt: number | null;
  startedAt: number | null;
  cancelAt: number | null;
  heldAt: number | null;
  waits: string | null;
}

export interface JobRow {
  readonly id: number;
  readonly stageId: number;
  readonly name: string;
  /** Whether it is one that passed in an attempt at the stage before. */
  readonly isKept: boolean;
  hasBegun: boolean;
  status: Status;
}

/** A version that is or was at a level. */
export interface StayRow {
  readonly id: number;
  readonly levelId: number;
  readonly packageId: number;
  readonly revisionId: number;
  /** What deployed it; null where somebody recorded it. */
  readonly by: { readonly pipeline: string; readonly counter: number; readonly stage: string } | null;
  readonly insteadOf: number | null;
  state: StayState;
  isOver: boolean;
}

/** What is at a level now, of one package; stays by their ids. */
export interface PlaceRow {
  readonly levelId: number;
  readonly packageId: number;
  readonly state: PlaceState;
  readonly live: number | null;
  readonly entering: number | null;
  readonly doubted: number | null;
  readonly runId: number | null;
}

export interface AttemptRow {
  readonly id: number;
  readonly jobId: number;
  readonly number: number;
  readonly key: string;
  state: 'due' | 'started' | 'done';
  /** Grows with every claim; nobody has what is not owned. */
  fence: number;
  owned: boolean;
}

/** What a store keeps, in lists; ids are given in one order for all. */
export interface Tables {
  nextId: number;
  /** The hash of the configuration in force. */
  configHash: string;
  hold: Hold | undefined;
  dependencies: readonly Dependency[];
  readonly packages: PackageRow[];
  readonly revisions: RevisionRow[];
  readonly pipelines: PipelineRow[];
  readonly listeners: ListenerRow[];
  readonly triggers: TriggerRow[];
  readonly runs: RunRow[];
  readonly stages: StageRow[];
  readonly jobs: JobRow[];
  readonly attempts: AttemptRow[];
  readonly levels: { readonly id: number; readonly name: string }[];
  readonly stays: StayRow[];
  places: readonly PlaceRow[];
  freezes: readonly (Freeze & { readonly levelId: number })[];
  readonly words: Approval[];
  readonly decisions: NewDecision[];
  /** The counters of runs by pipeline id and the set's name. */
  readonly startedSets: Map<string, number>;
}

export function openTables(): Tables {
  return {
    nextId: 1,
    configHash: '',
    hold: undefined,
    dependencies: [],
    startedSets: new Map(),
    packages: [],
    revisions: [],
    pipelines: [],
    listeners: [],
    triggers: [],
    runs: [],
    stages: [],
    jobs: [],
    attempts: [],
    words: [],
    levels: [],
    stays: [],
    places: [],
    freezes: [],
    decisions: [],
  };
}

/** The row of an id, of rows that were added in the order of their ids. Throws where there is none. */
export function get<Row extends { readonly id: number }>(rows: readonly Row[], id: number): Row {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.id ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  const row = rows[low];
  if (row?.id !== id) throw new Error(`there is no row ${id}`);
  return row;
}
