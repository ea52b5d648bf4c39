import type { Config } from '../config/config.ts';
import type { RunChange } from '../engine/happen.ts';
import type { InForce } from '../engine/in-force.ts';
import type { PluginHost } from '../plugins/plugin-host.ts';
import type { Store } from '../store/store.ts';
import type { EventHub } from './event-hub.ts';
import type { OpenStreams } from './open-streams.ts';

/** The configuration that runs, and what became of the last attempt to load another. */
export interface ConfigurationStatus {
  readonly config: Config;
  readonly loadedAt: number;
  /** Why the files as they are now were not taken; undefined when they were. */
  readonly refused: { readonly at: number; readonly problems: readonly string[] } | undefined;
  /** Aborts when another configuration has taken its place. */
  readonly replaced: AbortSignal;
}

/** What the API is lent by the composition root. */
export interface ApiSurroundings {
  readonly store: Store;
  /** The plugins of the configuration that runs. */
  host(): PluginHost;
  /** By what is decided, as of now. */
  inForce(): InForce;
  /** Tells whoever watches what a request has changed, once it is committed. */
  tell(runs: readonly RunChange[]): void;
  configuration(): ConfigurationStatus;
  /** The value of a text of the configuration; throws where it cannot be had. */
  resolve(template: string): string;
  /** Why the server takes no work now; empty when it does. */
  reasonsNotReady(): Promise<readonly string[]>;
  /** In the Prometheus text format. */
  readMetrics(): Promise<{ readonly type: string; readonly text: string }>;
  readonly now: () => number;
  /** Aborts when the server stops: streams end. */
  readonly stopping: AbortSignal;
}

/** What the routes are lent: what the API is, and what they share among themselves. */
export interface RouteSurroundings extends ApiSurroundings {
  readonly events: EventHub;
  readonly streams: OpenStreams;
}
