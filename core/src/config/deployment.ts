import { listBehind } from './behind.ts';
import type { Config, PipelineConfig } from './config.ts';
import { listPackageMaterials, nameMaterial } from './materials.ts';

/** What a stage does to a level: it puts packages there. */
export interface Deployment {
  /** The level's name. */
  readonly level: string;
  /** As `repository/package`. */
  readonly packages: readonly string[];
}

/**
 * What a stage of a pipeline deploys, and where; undefined where it stands at no level. Without `deploys:`
 * it deploys the packages that its pipeline lists itself; where that lists none, all behind it.
 */
export function findDeployment(config: Config, pipeline: string, stage: string): Deployment | undefined {
  if (config.levels.length === 0) return undefined;
  const definition = config.pipelines.get(pipeline);
  const found = definition?.stages.find(({ name }) => name === stage);
  if (!definition || !found) return undefined;
  const level = found.level ?? config.levels.find((name) => name === stage);
  if (level === undefined) return undefined;
  const listed = found.deploys ?? listPackageMaterials(definition).map(nameMaterial);
  return { level, packages: listed.length > 0 ? listed : [...listBehind(config, pipeline).packages] };
}

/** What all stages of a pipeline deploy, in their order. */
export function listDeployments(config: Config, pipeline: string): readonly Deployment[] {
  const stages = config.levels.length === 0 ? [] : (config.pipelines.get(pipeline)?.stages ?? []);
  return stages.flatMap(({ name }) => findDeployment(config, pipeline, name) ?? []);
}

/** A pipeline that stands at a level, and what it deploys there, as `repository/package`. */
export interface Deployer {
  readonly pipeline: PipelineConfig;
  readonly packages: readonly string[];
}

/** The pipelines that stand at a level. */
export function listDeployers(config: Config, level: string): readonly Deployer[] {
  return [...config.pipelines.values()].flatMap((pipeline) => {
    const there = listDeployments(config, pipeline.name).filter((one) => one.level === level);
    return there.length > 0 ? { pipeline, packages: there.flatMap(({ packages }) => packages) } : [];
  });
}
