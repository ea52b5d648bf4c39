import type { Config } from '../../config/config.ts';
import { nameMaterial } from '../../config/materials.ts';
import type { Provenance } from '../../store/provenance.ts';
import { listBehind } from './behind.ts';
import type { ListCandidates } from './list-candidates.ts';
import { mergeProvenance, nothingBehind } from './provenance.ts';
import type { ResolvedMaterial, ResolvedPipeline } from './resolve-materials.ts';
import { mergeAnchors, type SetSearch } from './search.ts';
import type { SharedReads } from './shared-reads.ts';

/** The most candidates of one material that are looked at for the sake of words. */
const mostSeen = 1_000;

type Wanted = Pick<SetSearch, 'materials' | 'anchors' | 'list'>;

/**
 * Says what a set waits for where nothing agrees yet: `waits for acceptance to pass with npmjs/fastify 5.2.1 (performance has)`.
 */
export async function describeWait(reads: SharedReads, wanted: Wanted, config: Config): Promise<string> {
  const chosen = mergeAnchors(wanted);
  if (!chosen) return 'the versions and runs that were chosen do not agree with each other';
  const others = wanted.materials.filter((_, position) => !wanted.anchors.has(position));
  const lacking: ResolvedMaterial[] = [];
  const having: ResolvedMaterial[] = [];
  for (const material of others) ((await hasOne(wanted.list, material, chosen)) ? having : lacking).push(material);
  const isPipeline = (material: ResolvedMaterial): material is ResolvedPipeline => 'pipelineId' in material;
  const packages = lacking.filter((material) => !isPipeline(material)).map(({ material }) => nameMaterial(material));
  if (packages.length > 0) return `there is no version yet that could go with it: ${packages.join(', ')}`;
  if (lacking.length === 0) {
    const names = list(wanted.materials.map(({ material }) => nameMaterial(material)));
    return `waits for revisions of ${names} that all agree, and are not lower than before`;
  }
  const waits: string[] = [];
  for (const material of lacking.filter(isPipeline)) waits.push(await describeLack(reads, material, chosen, { wanted, config }));
  const anchored = wanted.materials.filter((_, position) => wanted.anchors.has(position));
  const passed = [...anchored, ...having].filter(isPipeline).map(nameOf);
  const have = passed.length === 0 ? '' : ` (${list(passed)} ${passed.length === 1 ? 'has' : 'have'})`;
  return `waits for ${waits.join(', and for ')}${have}`;
}

async function hasOne(candidates: ListCandidates, material: ResolvedMaterial, chosen: Provenance): Promise<boolean> {
  let seen = 0;
  for await (const { provenance } of candidates(material, chosen)) {
    if (mergeProvenance(chosen, provenance)) return true;
    if (++seen === mostSeen) return false;
  }
  return false;
}

/** With the packages that must be behind it; where a run has those, with the runs that must be. */
async function describeLack(
  reads: SharedReads,
  resolved: ResolvedPipeline,
  chosen: Provenance,
  { wanted: { list: candidates }, config }: { readonly wanted: Wanted; readonly config: Config },
): Promise<string> {
  const { material } = resolved;
  const behind = listBehind(config, material.pipeline);
  const named = await reads.names([...chosen.packages.values()].map(({ revisionId }) => revisionId));
  const versions = [...named.values()]
    .filter((one) => behind.packages.has(one.package))
    .map((one) => `${one.package} ${one.version}`);
  const sameVersions = { ...nothingBehind, packages: chosen.packages };
  const isOtherRun = versions.length > 0 && (await hasOne(candidates, resolved, sameVersions));
  const isLast = config.pipelines.get(material.pipeline)?.stages.at(-1)?.name === material.stage;
  const what = isLast ? `${material.pipeline} to pass` : `${material.pipeline} to pass ${material.stage}`;
  const withWhat = versions.length === 0 ? '' : ` with ${list(versions)}`;
  return `${what}${withWhat}${isOtherRun ? ' and the same runs behind it' : ''}`;
}

function nameOf({ material }: ResolvedPipeline): string {
  return material.pipeline;
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
