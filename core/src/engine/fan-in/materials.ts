import type { Config, PackageMaterial, PipelineConfig, PipelineMaterial } from '../../config/config.ts';
import { isPipelineMaterial, nameMaterial } from '../../config/materials.ts';
import type { Standing } from '../../domain/revision.ts';

/** A material with what the store knows it by. */
export type ResolvedMaterial = ResolvedPackage | ResolvedPipeline;

export interface ResolvedPackage {
  readonly material: PackageMaterial;
  readonly packageId: number;
  /** Standings that may start something beside `ok`. */
  readonly accept: readonly Standing[];
}

export interface ResolvedPipeline {
  readonly material: PipelineMaterial;
  readonly pipelineId: number;
}

/** What the store knows the materials of some pipelines by. */
export interface MaterialIds {
  /** By `repository/package`. */
  readonly packages: ReadonlyMap<string, number>;
  readonly pipelines: ReadonlyMap<string, number>;
}

/** The materials of a pipeline in their order, and the names of those that the store does not know yet. */
export function resolveMaterials(
  definition: PipelineConfig,
  config: Config,
  { packages, pipelines }: MaterialIds,
): { readonly materials: readonly ResolvedMaterial[]; readonly unknown: readonly string[] } {
  const materials: ResolvedMaterial[] = [];
  const unknown: string[] = [];
  for (const material of definition.materials) {
    const name = nameMaterial(material);
    const id = isPipelineMaterial(material) ? pipelines.get(material.pipeline) : packages.get(name);
    if (id === undefined) unknown.push(name);
    else if (isPipelineMaterial(material)) materials.push({ material, pipelineId: id });
    else materials.push({ material, packageId: id, accept: listAccepted(config, name) });
  }
  return { materials, unknown };
}

/** Which standings of a package, `repository/package`, may start something beside `ok`. */
export function listAccepted(config: Config, packageName: string): readonly Standing[] {
  const [repository = '', name = ''] = packageName.split('/');
  return config.repositories.get(repository)?.packages.get(name)?.accept ?? [];
}
