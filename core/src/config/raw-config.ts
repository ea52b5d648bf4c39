import type { RemoteSettings } from './jobs.ts';
import type { RawSink } from './raw-events.ts';

/**
 * sluice.yaml as it is written, once it fits `schema/document.ts`; see {@link Config} for what each key
 * means.
 */
export interface RawConfig {
  readonly include?: readonly string[];
  readonly server?: {
    readonly host?: string;
    readonly port?: number;
    readonly url?: string;
    readonly trustProxy?: boolean;
  };
  readonly store?: string;
  readonly timezone?: string;
  readonly plugins?: readonly string[];
  readonly pluginLimits?: { readonly silence?: string; readonly total?: string; readonly memory?: string };
  readonly http?: RawHttp;
  readonly retention?: {
    readonly logs?: string;
    readonly polls?: string;
    readonly decisions?: string;
    readonly runs?: number;
  };
  readonly minFree?: string;
  readonly access?: RawAccess;
  readonly events?: readonly RawSink[];
  readonly targets?: { readonly allowPrivate?: boolean };
  readonly repositories?: Readonly<Record<string, RawRepository>>;
  readonly levels?: readonly string[];
  readonly pipelines?: Readonly<Record<string, RawPipeline>>;
}

export interface RawAccess {
  readonly tokens: Readonly<Record<string, RawToken>>;
}

export interface RawToken {
  readonly sha256: readonly string[];
  readonly roles?: readonly string[];
  readonly expires?: string;
  readonly person?: string;
}

export interface RawHttp {
  readonly proxy?: string;
  readonly noProxy?: readonly string[];
  readonly ca?: string;
  readonly concurrencyPerHost?: number;
}

export interface RawRepository {
  readonly plugin: string;
  readonly config?: RawSettings;
  readonly poll?: { readonly every?: string; readonly cron?: string; readonly manual?: true };
  readonly hook?: { readonly secret: string };
  readonly http?: {
    readonly clientCert?: string;
    readonly clientKey?: string;
    readonly trust?: readonly string[];
  };
  readonly formerly?: readonly string[];
  readonly packages?: Readonly<Record<string, RawPackage>>;
}

/** Settings of a plugin; which there are, the plugin says. */
export type RawSettings = Readonly<Record<string, string | number | boolean>>;

export interface RawPackage {
  readonly config: RawSettings;
  readonly first?: 'latest' | 'none';
  readonly accept?: readonly ('deprecated' | 'yanked')[];
}

export interface RawPipeline {
  readonly group?: string;
  readonly label?: string;
  readonly materials: readonly RawMaterial[];
  readonly timer?: { readonly cron: string; readonly onlyOnChanges?: boolean };
  readonly publishes?: readonly string[];
  readonly lock?: 'none' | 'onFailure' | 'unlockWhenFinished';
  readonly maxNewRuns?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly access?: RawPipelineAccess;
  readonly stages: readonly RawStage[];
}

export interface RawPipelineAccess {
  readonly view?: readonly string[];
  readonly operate?: readonly string[];
  readonly approve?: readonly string[];
}

/** Either a package, or a pipeline and maybe its stage. */
export interface RawMaterial {
  readonly package?: string;
  readonly pipeline?: string;
  readonly stage?: string;
  readonly trigger?: 'latest' | 'every' | 'manual';
  readonly as?: string;
}

export interface RawStage {
  readonly name: string;
  readonly approval?: 'auto' | 'manual' | RawApproval;
  readonly level?: string;
  readonly deploys?: readonly string[];
  readonly jobs: Readonly<Record<string, RawJob>>;
}

export interface RawApproval {
  readonly type: 'auto' | 'manual';
  readonly by?: readonly string[];
  readonly required?: number;
  readonly notSelf?: boolean;
  readonly expires?: string;
  readonly after?: string;
  readonly window?: { readonly cron: string; readonly for: string };
  readonly evenAfterFailure?: boolean;
}

export interface RawJob extends Partial<RemoteSettings> {
  readonly run?: string;
  readonly webhook?: {
    readonly url: string;
    readonly secret?: string;
    readonly wait?: boolean;
    readonly clientCert?: string;
    readonly clientKey?: string;
    readonly ca?: string;
  };
  readonly timeout?: string;
  readonly secrets?: readonly string[];
  readonly onDoubt?: 'fail' | 'restart';
  readonly cwd?: string;
  readonly shell?: string;
  readonly user?: string;
  readonly passEnvironment?: readonly string[];
  readonly outputLimit?: string;
}

/** A value of which any part may be missing, because it was left out or did not fit. */
export type Incomplete<T> = T extends object ? { readonly [K in keyof T]?: Incomplete<T[K]> | undefined } : T;
