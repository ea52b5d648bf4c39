import type { Config, PackageMaterial, PipelineConfig, PluginSettings } from '../config/config.ts';
import { type PinnableRevision, readContribution } from '../store/pinnable.ts';
import { findPackages } from '../store/pipelines.ts';
import { type Pin, readPreviousPins } from '../store/runs.ts';
import type { Tx } from '../store/store.ts';

/** The secret fields of a plugin, as `LoadedPlugin.secrets` has them; undefined for a plugin that is not loaded. */
export type SecretFields = (plugin: string) => SecretFieldNames | undefined;

/** Names of secret fields: of a repository's settings, and of a package's. */
export interface SecretFieldNames {
  readonly repository: readonly string[];
  readonly package: readonly string[];
}

/** How a material is named to people: `npmjs/fastify`. */
export function nameMaterial(material: Pick<PackageMaterial, 'repository' | 'package'>): string {
  return `${material.repository}/${material.package}`;
}

/** What a run pins of each material of a pipeline, or which materials have nothing that it could. */
export type Pinned = { readonly pins: readonly Pin[]; readonly missing?: undefined } | { readonly missing: readonly string[] };

/** Where pins come from. */
export interface PinSources {
  readonly config: Config;
  readonly secretFields: SecretFields;
}

/** Pins `chosen` revisions (by package id), and of all other materials what they contribute. */
export async function pinMaterials(
  tx: Tx,
  pipeline: { readonly id: number; readonly definition: PipelineConfig },
  chosen: ReadonlyMap<number, PinnableRevision>,
  sources: PinSources,
): Promise<Pinned> {
  const previous = await readPreviousPins(tx, pipeline.id);
  const packageIds = await findPackages(tx, pipeline.definition.materials);
  const missing: string[] = [];
  const pins: Pin[] = [];
  for (const material of pipeline.definition.materials) {
    const packageId = packageIds.get(nameMaterial(material));
    const accept = sources.config.repositories.get(material.repository)?.packages.get(material.package)?.accept ?? [];
    const found =
      packageId === undefined ? undefined : (chosen.get(packageId) ?? (await readContribution(tx, packageId, accept)));
    if (!found) missing.push(nameMaterial(material));
    else pins.push(describePin(material, found, previous.get(found.id) !== found.digest, sources));
  }
  return missing.length > 0 ? { missing } : { pins };
}

function describePin(material: PackageMaterial, revision: PinnableRevision, changed: boolean, sources: PinSources): Pin {
  const repository = sources.config.repositories.get(material.repository);
  const secret = sources.secretFields(repository?.plugin ?? '');
  return {
    repository: material.repository,
    package: material.package,
    as: material.as,
    revision,
    repositoryConfig: omit(repository?.config ?? {}, secret?.repository),
    packageConfig: omit(repository?.packages.get(material.package)?.config ?? {}, secret?.package),
    changed,
  };
}

/** Without knowing which settings are secret, all are. */
function omit(settings: PluginSettings, names: readonly string[] | undefined): PluginSettings {
  if (!names) return {};
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name)));
}
