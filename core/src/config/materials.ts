import type { Material, PackageMaterial, PipelineConfig, PipelineMaterial } from './config.ts';

/** Whether a material is a stage of another pipeline. */
export function isPipelineMaterial(material: Material): material is PipelineMaterial {
  return 'pipeline' in material;
}

/** The materials of a pipeline that are packages, in their order. */
export function listPackageMaterials({
  materials,
}: Pick<PipelineConfig, 'materials'>): readonly PackageMaterial[] {
  return materials.filter((material): material is PackageMaterial => !isPipelineMaterial(material));
}

type NamedMaterial = Pick<PipelineMaterial, 'pipeline'> | Pick<PackageMaterial, 'repository' | 'package'>;

/** How a material is named to people: `npmjs/fastify`, `build`. */
export function nameMaterial(material: NamedMaterial): string {
  return 'pipeline' in material ? material.pipeline : `${material.repository}/${material.package}`;
}
