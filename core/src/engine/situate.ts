import type { Config } from '../config/config.ts';
import { listDeployers, listDeployments } from '../config/deployment.ts';
import { isPipelineMaterial, listPackageMaterials, nameMaterial } from '../config/materials.ts';
import { readDependencies } from '../store/dependencies.ts';
import { findListeners } from '../store/listeners.ts';
import { findHeldPipelines, findPipeline, findPipelines, listPipelineNames } from '../store/pipelines.ts';
import { findRun } from '../store/runs.ts';
import type { MaterialNames, SituationRequest } from '../store/situations/read-situation.ts';
import type { Tx } from '../store/store.ts';
import type { Asked, Ended, Happening, Wish } from './happening.ts';

/** Which pipelines a happening touches, and what of them. */
type Touched = Pick<SituationRequest, 'pipelineIds'> &
  Partial<Pick<SituationRequest, 'runIds' | 'packageIds' | 'leases' | 'startable'>>;

/** What is to be known to decide what follows from a happening. */
export async function findTouched(tx: Tx, happening: Happening, config: Config): Promise<SituationRequest> {
  const chosen = happening.kind === 'asked' ? listChosen(happening.wish) : [];
  return {
    runIds: [],
    packageIds: [],
    leases: [],
    startable: new Set<number>(),
    configHash: config.hash,
    ...(await touch(tx, happening, config)),
    deploymentsOf: (pipeline) => listDeployments(config, pipeline),
    allLevels: happening.kind === 'configured' || isOfLevel(happening),
    materialsOf: (pipelines) => listMaterials(config, pipelines, chosen),
  };
}

function isOfLevel(happening: Happening): boolean {
  return happening.kind === 'asked' && 'level' in happening.wish;
}

async function touch(tx: Tx, happening: Happening, config: Config): Promise<Touched> {
  switch (happening.kind) {
    case 'published': {
      const { news } = happening;
      const packageIds = news.map(({ packageId }) => packageId);
      const touched = new Set(news.filter((one) => one.isTouched).map(({ packageId }) => packageId));
      const listeners = await findListeners(tx, packageIds);
      const heard = listeners.filter(({ packageId, baseline }) => baseline || touched.has(packageId));
      const ids = heard.map(({ pipelineId }) => pipelineId);
      const held = touched.size > 0 ? await findHeldPipelines(tx) : [];
      return { pipelineIds: [...ids, ...held], packageIds, startable: new Set(ids) };
    }
    case 'observed': {
      const listeners = await findListeners(tx, happening.packageIds);
      return {
        pipelineIds: [...listeners.map(({ pipelineId }) => pipelineId), ...(await findHeldPipelines(tx))],
      };
    }
    case 'ended':
      return touchEnded(tx, happening);
    case 'asked':
      return touchAsked(tx, happening, config);
    case 'time':
    case 'configured':
      return { pipelineIds: happening.pipelineIds };
  }
}

async function touchEnded(tx: Tx, { attempts }: Ended): Promise<Touched> {
  const upstream = [...new Set(attempts.map(({ facts }) => facts.run.pipelineId))];
  const stages = new Set(attempts.map(({ facts: { run, stage } }) => `${run.pipelineId} ${stage.name}`));
  const dependencies = await readDependencies(tx, upstream);
  const listening = dependencies.filter(({ upstreamId, stage }) => stages.has(`${upstreamId} ${stage}`));
  const downstream = listening.map(({ pipelineId }) => pipelineId);
  return {
    pipelineIds: [...upstream, ...downstream],
    runIds: [...new Set(attempts.map(({ facts }) => facts.run.id))],
    leases: attempts.map(({ lease }) => lease),
    startable: new Set(downstream),
  };
}

async function touchAsked(tx: Tx, { wish }: Asked, config: Config): Promise<Touched> {
  if ('level' in wish) {
    const names = listDeployers(config, wish.level).map(({ pipeline }) => pipeline.name);
    return { pipelineIds: [...(await findPipelines(tx, names)).values()] };
  }
  if (wish.what === 'release') return { pipelineIds: [...(await listPipelineNames(tx)).keys()] };
  const id = await findPipeline(tx, wish.pipeline);
  if (id === undefined) return { pipelineIds: [] };
  if (!('stage' in wish)) return { pipelineIds: [id], startable: new Set([id]) };
  const dependencies = await readDependencies(tx, [id]);
  const downstream = dependencies
    .filter(({ stage }) => stage === wish.stage)
    .map(({ pipelineId }) => pipelineId);
  const runId = await findRun(tx, id, wish.counter);
  return { pipelineIds: [id, ...downstream], runIds: runId === undefined ? [] : [runId] };
}

/** The pipelines that somebody's choices speak of. */
function listChosen(wish: Wish): readonly string[] {
  if (wish.what !== 'trigger') return [];
  return Object.values(wish.materials).flatMap((choice) =>
    typeof choice === 'object' ? choice.passed.pipeline : [],
  );
}

function listMaterials(
  config: Config,
  pipelines: readonly string[],
  chosen: readonly string[],
): MaterialNames {
  const definitions = pipelines.flatMap((name) => config.pipelines.get(name) ?? []);
  const upstream = definitions.flatMap(({ materials }) => materials.filter(isPipelineMaterial));
  const packages = definitions.flatMap(listPackageMaterials);
  const byName = new Map(packages.map((material) => [nameMaterial(material), material]));
  const names = new Set([...upstream.map(({ pipeline }) => pipeline), ...chosen]);
  return { packages: [...byName.values()], pipelines: [...names] };
}
