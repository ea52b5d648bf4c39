import { listBehind } from '../../config/behind.ts';
import type { Config } from '../../config/config.ts';
import { nameMaterial } from '../../config/materials.ts';
import { mergeProvenance, nothingBehind, type Provenance } from '../../domain/provenance.ts';
import { because, type FactsOf, type ReasonOf } from '../../domain/reason.ts';
import { ask, type Deciding } from '../question.ts';
import type { ListCandidates } from './candidates.ts';
import type { ResolvedMaterial, ResolvedPipeline } from './materials.ts';
import { mergeAnchors, type SetSearch } from './search.ts';

/** The most candidates of one material that are looked at for the sake of words. */
const mostSeen = 1_000;

type Wanted = Pick<SetSearch, 'materials' | 'anchors' | 'list'>;
type Lack = FactsOf<'waits-for'>['lacks'][number];

/**
 * What a set waits for where nothing agrees yet: `waits for acceptance to pass with npmjs/fastify 5.2.1
 * (performance has)`.
 */
export function* findLacking(
  wanted: Wanted,
  config: Config,
): Deciding<ReasonOf<'disagree' | 'no-version' | 'no-set' | 'waits-for'>> {
  const chosen = mergeAnchors(wanted);
  if (!chosen) return because('disagree', {});
  const lacking: ResolvedMaterial[] = [];
  const having: ResolvedMaterial[] = [];
  for (const material of wanted.materials.filter((_, position) => !wanted.anchors.has(position))) {
    ((yield* hasOne(wanted.list, material, chosen)) ? having : lacking).push(material);
  }
  const packages = lacking.filter((material) => !isPipeline(material)).map(nameOf);
  if (packages.length > 0) return because('no-version', { materials: packages });
  if (lacking.length === 0) return because('no-set', { materials: wanted.materials.map(nameOf) });
  const lacks: Lack[] = [];
  for (const material of lacking.filter(isPipeline))
    lacks.push(yield* describeLack(material, chosen, { wanted, config }));
  const anchored = wanted.materials.filter((_, position) => wanted.anchors.has(position));
  return because('waits-for', { lacks, have: [...anchored, ...having].filter(isPipeline).map(nameOf) });
}

function isPipeline(material: ResolvedMaterial): material is ResolvedPipeline {
  return 'pipelineId' in material;
}

function nameOf({ material }: ResolvedMaterial): string {
  return nameMaterial(material);
}

function* hasOne(
  candidates: ListCandidates,
  material: ResolvedMaterial,
  chosen: Provenance,
): Deciding<boolean> {
  const next = candidates(material, chosen);
  for (let seen = 0; seen < mostSeen; seen++) {
    const candidate = yield* next();
    if (!candidate) return false;
    if (mergeProvenance(chosen, candidate.provenance)) return true;
  }
  return false;
}

/** With the packages that must be behind it; where a run has those, with the runs that must be. */
function* describeLack(
  resolved: ResolvedPipeline,
  chosen: Provenance,
  { wanted: { list: candidates }, config }: { readonly wanted: Wanted; readonly config: Config },
): Deciding<Lack> {
  const { pipeline, stage } = resolved.material;
  const behind = listBehind(config, pipeline);
  const named = yield* ask(
    'names',
    [...chosen.packages.values()].map(({ revisionId }) => revisionId),
  );
  const versions = [...named.values()]
    .filter((one) => behind.packages.has(one.package))
    .map((one) => ({ material: one.package, value: one.version }));
  const sameVersions = { ...nothingBehind, packages: chosen.packages };
  const sameRuns = versions.length > 0 && (yield* hasOne(candidates, resolved, sameVersions));
  const isLast = config.pipelines.get(pipeline)?.stages.at(-1)?.name === stage;
  return { pipeline, stage: isLast ? null : stage, versions, sameRuns };
}
