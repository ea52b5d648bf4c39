import type { PackageMaterial, PluginSettings } from '../../config/config.ts';
import { nameMaterial } from '../../config/materials.ts';
import type { PinnableRevision } from '../../domain/revision.ts';
import type { PackagePin, Pin } from '../../store/runs.ts';
import type { Candidate } from '../fan-in/candidate.ts';
import type { ResolvedMaterial } from '../fan-in/materials.ts';
import type { InForce } from '../in-force.ts';

/** Where pins come from. */
type PinSources = Pick<InForce, 'config' | 'secretFields'>;

/** Pins a candidate for each material, and says which differ from what the run before pinned. */
export function pinMaterials(
  before: readonly Pin[],
  materials: readonly ResolvedMaterial[],
  candidates: readonly Candidate[],
  sources: PinSources,
): readonly Pin[] {
  const previous = new Map(before.map((pin) => [nameMaterial(pin), identify(pin)]));
  return materials.map(({ material }, position) => {
    const candidate = candidates[position];
    if (!candidate) throw new Error(`nothing was chosen for ${nameMaterial(material)}`);
    const pin = describePin(material, candidate, sources);
    return { ...pin, changed: previous.get(nameMaterial(pin)) !== identify(pin) };
  });
}

function describePin(material: ResolvedMaterial['material'], candidate: Candidate, sources: PinSources): Pin {
  if ('pipeline' in material && 'run' in candidate) {
    return { pipeline: material.pipeline, as: material.as, run: candidate.run, changed: true };
  }
  if ('pipeline' in material || 'run' in candidate)
    throw new Error(`${nameMaterial(material)} was given what it is not`);
  return describePackage(material, candidate.revision, sources);
}

function describePackage(
  material: PackageMaterial,
  revision: PinnableRevision,
  { config, secretFields }: PinSources,
): PackagePin {
  const repository = config.repositories.get(material.repository);
  const secret = secretFields(repository?.plugin ?? '');
  return {
    repository: material.repository,
    package: material.package,
    as: material.as,
    revision,
    repositoryConfig: omit(repository?.config ?? {}, secret?.repository),
    packageConfig: omit(repository?.packages.get(material.package)?.config ?? {}, secret?.package),
    changed: true,
  };
}

/** Runs that were pinned before editions were counted pinned the first. */
function identify(pin: Pin): string {
  return 'pipeline' in pin ? `run ${pin.run.id}` : `revision ${pin.revision.id} ${pin.revision.edition ?? 0}`;
}

/** Without knowing which settings are secret, all are. */
function omit(settings: PluginSettings, names: readonly string[] | undefined): PluginSettings {
  if (!names) return {};
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name)));
}
