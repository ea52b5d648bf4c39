import type { AccessConfig, PipelineAccess } from './access.ts';
import type { SinkConfig } from './events.ts';
import type { JobConfig } from './jobs.ts';
import type { ConfigProblem } from './problem.ts';

/**
 * A configuration as everything else sees it: read, merged, validated, frozen.
 *
 * Text that may hold `${env:NAME}` or `${file:PATH}` stays as it was written (type {@link Template}) and is
 * resolved at the moment of use by {@link Interpolator}; durations are milliseconds, sizes are bytes.
 */
export interface Config {
  /** Absolute path of the file that was named. */
  readonly file: string;
  /** Its directory: relative paths start here, and `.sluice/` in it holds what a node keeps on its disk. */
  readonly directory: string;
  /** Every file that was read, includes too; a reload watches them. */
  readonly files: readonly string[];
  /** The patterns of `include:`, absolute; a file that newly matches one is a change. */
  readonly include: readonly string[];
  /**
   * Where each section, and each repository and pipeline, is written: by `server`, `pipelines/acceptance`.
   */
  readonly places: ReadonlyMap<string, ConfigPlace>;
  /** What in the files is allowed, and hardly meant: an `include:` that matches nothing. */
  readonly warnings: readonly ConfigProblem[];
  /**
   * SHA-256 of what was read, before interpolation: two nodes with the same hash have the same configuration.
   */
  readonly hash: string;
  readonly server: ServerConfig;
  readonly store: Template;
  readonly timezone: string;
  /** Plugins beside the bundled ones: npm package names, or absolute paths of .ts or .js files. */
  readonly plugins: readonly string[];
  readonly pluginLimits: PluginLimits;
  readonly http: HttpConfig;
  readonly retention: RetentionConfig;
  readonly minFree: number;
  /** Undefined: this machine only, and everybody there is admin. */
  readonly access: AccessConfig | undefined;
  /** Who is told what happens. */
  readonly events: readonly SinkConfig[];
  readonly targets: TargetsConfig;
  readonly repositories: ReadonlyMap<string, RepositoryConfig>;
  readonly pipelines: ReadonlyMap<string, PipelineConfig>;
  /** The promotion levels that are places, by name, in the order in which people think of them. */
  readonly levels: readonly string[];
}

/** A line of a file, from 1. */
export interface ConfigPlace {
  readonly file: string;
  readonly line: number;
}

/** Text before interpolation. What is shown anywhere is this text. */
export type Template = string;

export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  /** The address that people and registries use, where it differs from host and port. */
  readonly url: string | undefined;
  /** Whether one proxy stands in front, whose word on who asks (`X-Forwarded-*`) counts. */
  readonly trustProxy: boolean;
}

export interface PluginLimits {
  readonly silenceMs: number;
  readonly totalMs: number;
  readonly memoryBytes: number;
}

export interface HttpConfig {
  readonly proxy: Template | undefined;
  readonly noProxy: readonly string[];
  /** Absolute path of a PEM file with more certificate authorities. */
  readonly ca: string | undefined;
  readonly concurrencyPerHost: number;
}

/** What holds for all jobs that reach other servers. */
export interface TargetsConfig {
  /** Whether they, and sinks of events, may connect to private addresses. */
  readonly allowPrivate: boolean;
}

export interface RetentionConfig {
  readonly logsMs: number;
  readonly pollsMs: number;
  readonly decisionsMs: number;
  /** The most finished runs kept per pipeline. */
  readonly runs: number;
}

export type Schedule = { readonly everyMs: number } | { readonly cron: string } | { readonly manual: true };

export interface RepositoryConfig {
  readonly name: string;
  readonly plugin: string;
  /** The plugin's repository settings, text before interpolation. */
  readonly config: PluginSettings;
  readonly poll: Schedule;
  readonly hookSecret: Template | undefined;
  readonly http: RepositoryHttpConfig;
  readonly formerly: readonly string[];
  readonly packages: ReadonlyMap<string, PackageConfig>;
}

export interface RepositoryHttpConfig {
  readonly clientCert: string | undefined;
  readonly clientKey: string | undefined;
  /** Origins beside the repository's own that its credentials may go to. */
  readonly trust: readonly string[];
}

/** Settings as a plugin's fields name them. */
export type PluginSettings = Readonly<Record<string, Template | number | boolean>>;

export interface PackageConfig {
  readonly name: string;
  readonly config: PluginSettings;
  readonly first: 'latest' | 'none';
  /** Standings that may start something beside `ok`. */
  readonly accept: readonly ('deprecated' | 'yanked')[];
}

export interface PipelineConfig {
  readonly name: string;
  readonly group: string | undefined;
  readonly label: string;
  readonly materials: readonly Material[];
  readonly timer: TimerConfig | undefined;
  /**
   * The packages that its runs publish, as `repository/package`: they link the value stream across the
   * repository.
   */
  readonly publishes: readonly string[];
  readonly lock: 'none' | 'onFailure' | 'unlockWhenFinished';
  /** The most runs that one poll may start here; the rest is held. */
  readonly maxNewRuns: number;
  readonly environment: Readonly<Record<string, Template>>;
  readonly access: PipelineAccess;
  readonly stages: readonly StageConfig[];
}

export interface TimerConfig {
  readonly cron: string;
  /** Whether nothing starts where no material differs from the run before. */
  readonly onlyOnChanges: boolean;
}

export type TriggerMode = 'latest' | 'every' | 'manual';

/** What a pipeline listens to: a package, or a stage of another pipeline. */
export type Material = PackageMaterial | PipelineMaterial;

interface MaterialBase {
  readonly trigger: TriggerMode;
  /** `<NAME>` in the job's environment, already upper-cased. */
  readonly as: string;
}

export interface PackageMaterial extends MaterialBase {
  readonly repository: string;
  readonly package: string;
}

export interface PipelineMaterial extends MaterialBase {
  readonly pipeline: string;
  /** The stage whose pass counts. */
  readonly stage: string;
}

export interface StageConfig {
  readonly name: string;
  /** The level that it stands at, where it is not named like one. */
  readonly level?: string;
  /** The packages that it deploys there, as `repository/package`, where it says which. */
  readonly deploys?: readonly string[];
  readonly approval: ApprovalConfig;
  readonly jobs: readonly JobConfig[];
}

/** What lets a run into a stage. */
export type ApprovalConfig = AutoApproval | ManualApproval;

interface ApprovalBase {
  /** How long a run rests in the level before, in milliseconds. */
  readonly afterMs?: number;
  readonly window?: WindowConfig;
}

export interface AutoApproval extends ApprovalBase {
  readonly type: 'auto';
}

export interface ManualApproval extends ApprovalBase {
  readonly type: 'manual';
  /** Names of people or tokens, and `role:NAME`; empty for whoever may operate the pipeline. */
  readonly by: readonly string[];
  /** How many persons must approve. */
  readonly required: number;
  /** Whether the person who triggered the run may not approve it. */
  readonly notSelf: boolean;
  /** How long a run waits for approval, in milliseconds; for ever where it is left out. */
  readonly expiresMs?: number;
  /** Whether a run may be let in although the stage before has failed. */
  readonly evenAfterFailure: boolean;
}

/** When a stage may be entered: from each moment of the cron expression on, for so long. */
export interface WindowConfig {
  readonly cron: string;
  readonly forMs: number;
}
