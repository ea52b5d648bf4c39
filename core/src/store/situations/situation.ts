import type { PlaceState } from '../../domain/level.ts';
import type { LastAutomatic, PackageBehind } from '../../domain/provenance.ts';
import type { StartedBy, Status } from '../../domain/status.ts';
import type { WaitingTrigger } from '../../domain/trigger.ts';
import type { Alarm } from '../alarms.ts';
import type { Dependency } from '../dependencies.ts';
import type { Freeze } from '../freezes.ts';
import type { Hold } from '../hold.ts';
import type { Listener } from '../listeners.ts';
import type { LockedPipeline } from '../pipelines.ts';
import type { Pin } from '../runs.ts';

/**
 * What is known of some pipelines, all of which are locked: plain data, read in a bounded number of
 * statements.
 */
export interface Situation {
  /**
   * Whether the configuration that is decided by is the one in force: under another one runs go on, and none
   * starts.
   */
  readonly mayStart: boolean;
  /** What holds all starts. */
  readonly hold: Hold | undefined;
  readonly pipelines: readonly PipelineSituation[];
  /** Those at which stages of these pipelines stand, lowest id first; they are locked, too. */
  readonly levels: readonly LevelSituation[];
  /** Who listens to stages of these pipelines; all of them are among the pipelines that may be started. */
  readonly dependencies: readonly Dependency[];
  readonly materialIds: MaterialIds;
  /** Those of these pipelines that listen to packages of which there is news. */
  readonly listeners: readonly Listener[];
  /** The attempts that have ended, and that no other node has by now. */
  readonly kept: ReadonlySet<number>;
}

/** A level, and what is there. */
export interface LevelSituation {
  readonly id: number;
  readonly name: string;
  /** Of packages that were ever deployed there. */
  readonly places: readonly PlaceSituation[];
  readonly freezes: readonly Freeze[];
}

/** What is at a level, of one package; stays by their ids. */
export interface PlaceSituation {
  readonly packageId: number;
  readonly state: PlaceState;
  /** What is live, or was before what is deployed or in doubt. */
  readonly live: number | null;
  /** What is being deployed, or may be there. */
  readonly entering: number | null;
  /** What may be there beside, while something is deployed over it. */
  readonly doubted: number | null;
  readonly run: DeployingRun | null;
}

/** A run that deploys at a level now. */
export interface DeployingRun {
  readonly id: number;
  readonly pipeline: string;
  readonly counter: number;
  /** The stage that began it. */
  readonly stage: string;
}

/** What the store knows materials by. */
export interface MaterialIds {
  /** By `repository/package`. */
  readonly packages: ReadonlyMap<string, number>;
  readonly pipelines: ReadonlyMap<string, number>;
}

/** A pipeline with everything of it that may move. */
export interface PipelineSituation extends LockedPipeline {
  /** Oldest first. */
  readonly triggers: readonly WaitingTrigger[];
  /** Those that the storm guard holds, oldest first. */
  readonly held: readonly WaitingTrigger[];
  /** Those with something to come, and those that are asked about, oldest first. */
  readonly runs: readonly RunSituation[];
  readonly lastAutomatic: LastAutomatic | undefined;
  /** What the newest run pinned. */
  readonly previousPins: readonly Pin[];
}

/** A run as its stages move it. */
export interface RunSituation {
  readonly id: number;
  readonly counter: number;
  readonly label: string;
  readonly status: Status;
  readonly startedBy: StartedBy;
  /** The person who triggered it. */
  readonly person: string | null;
  /** Whether somebody took its republished or withdrawn revisions all the same. */
  readonly overridden: boolean;
  /** First to last, each by its newest attempt. */
  readonly stages: readonly StageSituation[];
  /** What is wrong with the revisions behind it. */
  readonly alarms: readonly Alarm[];
  /** Everything behind it; only of runs one of whose stages ends, or that may deploy at a level. */
  readonly behind: RunBehind | undefined;
}

/** Everything behind a run. */
export interface RunBehind {
  readonly packages: readonly PackageBehind[];
  /** Runs by pipeline id, the run itself left out. */
  readonly pipelines: ReadonlyMap<number, number>;
}

/** The newest attempt at a stage. Times in milliseconds. */
export interface StageSituation {
  readonly id: number;
  readonly position: number;
  readonly name: string;
  readonly counter: number;
  readonly status: Status;
  /** When its turn came. */
  readonly readyAt: number | null;
  /** Before this it is not entered. */
  readonly notBefore: number | null;
  /** When its approval expires, while it waits for one. */
  readonly expiresAt: number | null;
  readonly approvedAt: number | null;
  readonly startedAt: number | null;
  /** When somebody cancelled it while it ran. */
  readonly cancelAt: number | null;
  /** Since when its turn passes it by, because of an alarm. */
  readonly heldAt: number | null;
  /** What the last decision about its turn said it waits for. */
  readonly waits: string | null;
  /** What people said of it so far, oldest first. */
  readonly words: readonly Word[];
  /** Of a stage that runs. */
  readonly jobs: readonly JobSituation[];
}

/** Somebody's word on a run that waits to enter a stage. */
export interface Word {
  readonly person: string;
  /** The token's name. */
  readonly name: string;
  readonly verdict: 'approved' | 'rejected';
  readonly comment: string | null;
  readonly at: number;
}

/** A job of a stage that runs. */
export interface JobSituation {
  readonly id: number;
  readonly status: Status;
  /** Whether it is to be begun, or tried again, and nobody has it in hand. */
  readonly isDue: boolean;
  /** Whether it was begun in this attempt at the stage. */
  readonly hasBegun: boolean;
}
