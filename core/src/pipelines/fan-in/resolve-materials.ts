import type { Standing } from '@sluice/plugin-sdk';
import type { Config, PackageMaterial, PipelineConfig, PipelineMaterial } from '../../config/config.ts';
import { isPipelineMaterial, listPackageMaterials, nameMaterial } from '../../config/materials.ts';
import { findPackages, findPipelines } from '../../store/pipelines.ts';
import type { Tx } from '../../store/store.ts';

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

/** Finds the ids of all materials of some pipelines. */
export async function findMaterialIds(tx: Tx, definitions: readonly PipelineConfig[]): Promise<MaterialIds> {
  const packages = new Map(definitions.flatMap(listPackageMaterials).map((material) => [nameMaterial(material), material]));
  const pipelines = definitions.flatMap(({ materials }) => materials.filter(isPipelineMaterial)).map(({ pipeline }) => pipeline);
  return {
    packages: await findPackages(tx, [...packages.values()]),
    pipelines: await findPipelines(tx, [...new Set(pipelines)]),
  };
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
    const id = isPipelineMaterial(material) ? pipelines.get(material.pipeline) : packages.get(nameMaterial(material));
    if (id === undefined) unknown.push(nameMaterial(material));
    else if (isPipelineMaterial(material)) materials.push({ material, pipelineId: id });
    else materials.push({ material, packageId: id, accept: listAccepted(config, material) });
  }
  return { materials, unknown };
}

/** Which standings of a package may start something beside `ok`. */
export function listAccepted(config: Config, { repository, package: name }: PackageName): readonly Standing[] {
  return config.repositories.get(repository)?.packages.get(name)?.accept ?? [];
}

type PackageName = Pick<PackageMaterial, 'repository' | 'package'>;
