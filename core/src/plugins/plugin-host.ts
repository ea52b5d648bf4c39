import type { PluginErrorCode, Revision } from '@sluice/plugin-sdk';
import type { PluginSettings, RepositoryConfig } from '../config/config.ts';

/** A plugin that was found, checked and fits. */
export interface LoadedPlugin {
  readonly id: string;
  readonly title: string;
  /** Of the npm package or, for a single file, the SHA-256 of its text, first 12 digits. */
  readonly version: string;
  readonly contract: number;
  /** The package name or the absolute path it was loaded from. */
  readonly source: string;
  /** JSON Schema of the settings of a repository, and of a package. */
  readonly repository: Readonly<Record<string, unknown>>;
  readonly package: Readonly<Record<string, unknown>>;
  /** Names of the secret fields of each. */
  readonly secrets: { readonly repository: readonly string[]; readonly package: readonly string[] };
}

/** A plugin that was configured and cannot be used. */
export interface PluginFailure {
  /** The package name or the absolute path. */
  readonly source: string;
  /** One sentence that says what to do. */
  readonly message: string;
}

/** What went wrong with a plugin or a repository, as an operator reads it; secrets are already masked. */
export interface Problem {
  readonly code: PluginErrorCode;
  readonly message: string;
  /** How long the repository asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** A package to ask about. */
export interface AskedPackage {
  readonly key: string;
  readonly config: PluginSettings;
  readonly cursor: string | undefined;
}

/** A version that broke a rule of the boundary, and which. */
export interface RefusedRevision {
  /** Shown escaped and cut to 255 characters. */
  readonly version: string;
  readonly reason: string;
}

/** What a plugin said of one package, checked at the boundary. */
export type Answer =
  | { readonly kind: 'unchanged'; readonly key: string }
  | {
      readonly kind: 'complete';
      readonly key: string;
      readonly revisions: readonly Revision[];
      readonly refused: readonly RefusedRevision[];
      readonly cursor: string | undefined;
    }
  | {
      readonly kind: 'pointer';
      readonly key: string;
      readonly current: string;
      readonly revisions: readonly Revision[];
      readonly refused: readonly RefusedRevision[];
      readonly cursor: string | undefined;
    }
  | {
      readonly kind: 'difference';
      readonly key: string;
      readonly added: readonly Revision[];
      readonly removed: readonly string[];
      readonly refused: readonly RefusedRevision[];
      readonly cursor: string | undefined;
    }
  | { readonly kind: 'problem'; readonly key: string; readonly problem: Problem }
  | {
      readonly kind: 'repository';
      readonly warning: string | undefined;
      readonly cursor: string | undefined;
    };

/** A description of one revision that was asked for. */
export type Described =
  | { readonly kind: 'revision'; readonly revision: Revision }
  | { readonly kind: 'absent' }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** How far a poll has come. */
export interface Progress {
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: string;
}

/** What a poll cost on the wire. */
export interface Traffic {
  readonly requests: number;
  readonly bytes: number;
}

/** How to ask: every question can be aborted. */
export interface AskOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** How to ask for a poll. */
export interface PollOptions extends AskOptions {
  /** The repository's own cursor. */
  readonly cursor: string | undefined;
  readonly onTraffic?: (traffic: Traffic) => void;
}

/** A setting that a plugin objects to. */
export interface SettingProblem {
  readonly in: 'repository' | 'package';
  readonly field: string;
  readonly message: string;
}

/**
 * Where plugins live: a process each, limited and watched.
 *
 * Every method but `loaded` and `failed` throws {@link PluginError} for what concerns the question as a
 * whole.
 */
export interface PluginHost {
  /** The plugins, by id. */
  loaded(): ReadonlyMap<string, LoadedPlugin>;
  /** The configured plugins that do not fit or could not be loaded. */
  failed(): readonly PluginFailure[];
  /** The plugin's own rules on settings that already fit its schema; values before interpolation go in. */
  validate(
    plugin: string,
    repository: PluginSettings,
    packages: ReadonlyMap<string, PluginSettings>,
  ): Promise<ReadonlyMap<string, readonly SettingProblem[]>>;
  /** Which way each pair compares: negative, 0 or positive. */
  compare(plugin: string, pairs: readonly (readonly [string, string])[]): Promise<readonly number[]>;
  /**
   * Where fresh revisions belong among those already in order (lowest first): `sorted` and `fresh` merged, as
   * indexes into `[...sorted, ...fresh]`. The order of `sorted` among themselves is kept; ties are broken by
   * version, bytewise.
   */
  merge(
    plugin: string,
    config: PluginSettings,
    sorted: readonly Revision[],
    fresh: readonly Revision[],
  ): Promise<readonly number[]>;
  check(repository: RepositoryConfig, options: AskOptions): Promise<void>;
  poll(
    repository: RepositoryConfig,
    packages: readonly AskedPackage[],
    options: PollOptions,
  ): AsyncIterable<Answer>;
  /** In the order given. Where a plugin has no `describe`, each revision as it is. */
  describe(
    repository: RepositoryConfig,
    config: PluginSettings,
    revisions: readonly Revision[],
    options: AskOptions,
  ): Promise<readonly Described[]>;
  /** Ends every process. */
  close(): Promise<void>;
}
