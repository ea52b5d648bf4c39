import type { Deployment } from '../../config/deployment.ts';
import { readDependencies } from '../dependencies.ts';
import { readHold } from '../hold.ts';
import { findKept, type Lease } from '../leases.ts';
import { loadListeners } from '../listeners.ts';
import { isConfigurationActive } from '../nodes.ts';
import {
  findPackages,
  findPipelines,
  type LockedPipeline,
  lockPipelines,
  type PackageName,
} from '../pipelines.ts';
import { readLastAutomatic } from '../provenance.ts';
import { splitPackage } from '../publications.ts';
import { readPreviousPins } from '../runs.ts';
import type { Tx } from '../store.ts';
import { readAllWaitingTriggers } from '../triggers.ts';
import { readLevels } from './read-levels.ts';
import { readRuns } from './read-runs.ts';
import type { MaterialIds, PipelineSituation, Situation } from './situation.ts';

/** Of what a situation is to be read. */
export interface SituationRequest {
  readonly pipelineIds: readonly number[];
  /** The configuration that is decided by. */
  readonly configHash: string;
  /** Runs to be read beside those of which something is to come, with their jobs and what is behind them. */
  readonly runIds: readonly number[];
  /** The packages of which there is news. */
  readonly packageIds: readonly number[];
  /** The leases of attempts that have ended. */
  readonly leases: readonly Lease[];
  /** Pipelines in which a run may be started though no trigger waits yet. */
  readonly startable: ReadonlySet<number>;
  /** What some pipelines, by name, have for materials. */
  readonly materialsOf: (pipelines: readonly string[]) => MaterialNames;
  /** What a pipeline, by name, deploys at levels. */
  readonly deploymentsOf: (pipeline: string) => readonly Deployment[];
  /** Whether levels at which none of these pipelines stand any more are to be read, too. */
  readonly allLevels: boolean;
}

/** What the store is to know by its ids. */
export interface MaterialNames {
  readonly packages: readonly PackageName[];
  readonly pipelines: readonly string[];
}

/**
 * Locks pipelines to the end of the transaction, and reads what is known of them, in a bounded number of
 * statements.
 */
export async function readSituation(tx: Tx, request: SituationRequest, now: number): Promise<Situation> {
  // Always the pipelines first, all at once, so that those who wait for each other wait in one order.
  const locked = await lockPipelines(tx, request.pipelineIds);
  const ids = locked.map(({ id }) => id);
  const triggers = await readAllWaitingTriggers(tx, ids, 'waiting');
  const held = await readAllWaitingTriggers(tx, ids, 'held');
  const startable = locked.filter(
    ({ id, timerAt }) =>
      triggers.has(id) || request.startable.has(id) || (timerAt !== null && timerAt <= now),
  );
  const starting = startable.map(({ id }) => id);
  const deploying = locked
    .map(({ id, name }) => ({ id, deployments: request.deploymentsOf(name) }))
    .filter(({ deployments }) => deployments.length > 0);
  const deployments = deploying.flatMap((one) => one.deployments);
  const levels = await readLevels(
    tx,
    request.allLevels
      ? 'all'
      : { names: [...new Set(deployments.map(({ level }) => level))], pipelineIds: ids },
  );
  const runs = await readRuns(tx, locked, {
    ids: request.runIds,
    deploying: new Set(deploying.map(({ id }) => id)),
  });
  const last = await readLastAutomatic(tx, starting);
  const previous = await readPreviousPins(tx, starting);
  const toSituation = (pipeline: LockedPipeline): PipelineSituation => ({
    ...pipeline,
    triggers: triggers.get(pipeline.id) ?? [],
    held: held.get(pipeline.id) ?? [],
    runs: runs.get(pipeline.id) ?? [],
    lastAutomatic: last.get(pipeline.id),
    previousPins: previous.get(pipeline.id) ?? [],
  });
  return {
    mayStart: await isConfigurationActive(tx, request.configHash),
    // After the pipelines are locked: whoever releases what is held looks at them afterwards.
    hold: await readHold(tx),
    pipelines: locked.map(toSituation),
    levels,
    dependencies: request.runIds.length === 0 ? [] : await readDependencies(tx, ids),
    materialIds: await readMaterialIds(
      tx,
      request.materialsOf(startable.map(({ name }) => name)),
      deployments.flatMap(({ packages }) => packages),
    ),
    listeners: await loadListeners(tx, request.packageIds),
    kept: await findKept(tx, 'attempt', request.leases),
  };
}

async function readMaterialIds(
  tx: Tx,
  { packages, pipelines }: MaterialNames,
  deployed: readonly string[],
): Promise<MaterialIds> {
  const names = new Map(packages.map((name) => [`${name.repository}/${name.package}`, name]));
  for (const name of deployed) names.set(name, splitPackage(name));
  return {
    packages: await findPackages(tx, [...names.values()]),
    pipelines: await findPipelines(tx, pipelines),
  };
}
