import type { Config } from '../../config/config.ts';
import { isPipelineMaterial, listPackageMaterials, nameMaterial } from '../../config/materials.ts';
import { type Dependency, replaceDependencies } from '../../store/dependencies.ts';
import type { NewEvent } from '../../store/events.ts';
import { addLevels } from '../../store/levels.ts';
import {
  beginListening,
  changeMode,
  endListening,
  type Listening,
  loadListenings,
} from '../../store/listeners.ts';
import { findPackages, upsertPipelines } from '../../store/pipelines.ts';
import type { Tx } from '../../store/store.ts';
import { type Happened, happen } from '../happen.ts';
import type { InForce } from '../in-force.ts';

/**
 * Makes the pipelines of a configuration those of the store, and lets go on what can go on by now. Doing it
 * again changes nothing.
 *
 * Call it in the transaction that made the configuration the active one and its packages those of the store
 * (repositories come first), and last in it. `before` is told ahead of what follows.
 */
export async function adoptPipelines(
  tx: Tx,
  inForce: InForce,
  before: readonly NewEvent[] = [],
): Promise<Happened> {
  const { config } = inForce;
  const { ids, removed } = await upsertPipelines(tx, new Set(config.pipelines.keys()));
  await replaceListeners(tx, await listListenings(tx, config, ids));
  await addLevels(tx, config.levels);
  await replaceDependencies(tx, listDependencies(config, ids));
  return happen(tx, { kind: 'configured', pipelineIds: [...ids.values(), ...removed] }, inForce, before);
}

async function listListenings(
  tx: Tx,
  config: Config,
  ids: ReadonlyMap<string, number>,
): Promise<readonly Listening[]> {
  const packages = await findPackages(tx, [...config.pipelines.values()].flatMap(listPackageMaterials));
  return [...config.pipelines.values()].flatMap((definition) =>
    listPackageMaterials(definition).map((material) => {
      const [pipelineId, packageId] = [ids.get(definition.name), packages.get(nameMaterial(material))];
      if (pipelineId === undefined || packageId === undefined) {
        const what = `${definition.name} listens to ${nameMaterial(material)}`;
        throw new Error(`${what}, which the store does not have: adopt repositories first`);
      }
      return { pipelineId, packageId, mode: material.trigger };
    }),
  );
}

function listDependencies(config: Config, ids: ReadonlyMap<string, number>): readonly Dependency[] {
  return [...config.pipelines.values()].flatMap(({ name, materials }) =>
    materials.filter(isPipelineMaterial).map(({ pipeline, stage, trigger }) => {
      const [pipelineId, upstreamId] = [ids.get(name), ids.get(pipeline)];
      if (pipelineId === undefined || upstreamId === undefined) {
        throw new Error(`${name} needs ${pipeline}, which there is not`);
      }
      return { pipelineId, upstreamId, stage, mode: trigger };
    }),
  );
}

async function replaceListeners(tx: Tx, wanted: readonly Listening[]): Promise<void> {
  const keyOf = ({ pipelineId, packageId }: Omit<Listening, 'mode'>) => `${pipelineId}/${packageId}`;
  const listening = (await loadListenings(tx)).filter((known) => known.active);
  const active = new Map(listening.map((known) => [keyOf(known), known]));
  const wantedKeys = new Set(wanted.map(keyOf));
  for (const [key, known] of active) if (!wantedKeys.has(key)) await endListening(tx, known);
  await beginListening(
    tx,
    wanted.filter((one) => !active.has(keyOf(one))),
  );
  for (const one of wanted) {
    const known = active.get(keyOf(one));
    if (known && known.mode !== one.mode) await changeMode(tx, one);
  }
}
