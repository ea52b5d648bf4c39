import type { PackageValue, PassedQuery, Provenance, TracedRun } from '../../store/provenance.ts';
import { type Candidate, isSound, toCandidate } from './candidate.ts';
import type { ResolvedMaterial, ResolvedPackage, ResolvedPipeline } from './resolve-materials.ts';
import type { SharedReads } from './shared-reads.ts';

const pageSize = 20;

/** Lists what a material could contribute beside what is chosen already, newest first; some of it may still disagree with that. */
export type ListCandidates = (material: ResolvedMaterial, chosen: Provenance) => AsyncGenerator<Candidate>;

/**
 * Lists candidates from the store, for one look: by index, however long the history is.
 *
 * Of a package: the very revision that is behind what is chosen, else those that may start something. Of a pipeline: runs whose
 * stage's newest attempt is passed, with nothing withdrawn or republished behind them. Where its newest one shares a package with what
 * is chosen, only runs that have the same bytes of it behind them; and never one older than a run that must be behind it.
 */
export function createCandidateList(
  reads: SharedReads,
  { byHand = false, override = false }: CandidateOptions = {},
): ListCandidates {
  return async function* list(material, chosen) {
    if ('packageId' in material) {
      const value = chosen.packages.get(material.packageId);
      yield* value ? listDetermined(reads, material, { value, byHand, override }) : listRevisions(reads, material);
      return;
    }
    const { pipelineId } = material;
    const { stage } = material.material;
    const runId = chosen.pipelines.get(pipelineId);
    if (runId !== undefined) {
      yield* (await reads.passedRuns({ pipelineId, stage, runId, limit: 1 })).filter(isSound);
      return;
    }
    yield* listRuns(reads, material, chosen);
  };
}

/** Who chooses. */
export interface CandidateOptions {
  /** Whether people do: then what is behind their choice may be of any standing. */
  readonly byHand?: boolean;
  /** Whether it may be republished or withdrawn, too. */
  readonly override?: boolean;
}

interface Determined {
  readonly value: PackageValue;
  readonly byHand: boolean;
  readonly override: boolean;
}

async function* listDetermined(
  reads: SharedReads,
  { packageId, accept }: ResolvedPackage,
  { value: { revisionId, edition }, byHand, override }: Determined,
): AsyncGenerator<Candidate> {
  const revision = byHand
    ? await reads.revision(revisionId)
    : (await reads.startable({ packageId, accept, revisionId, limit: 1 }))[0];
  if (revision?.edition === edition && (override || revision.state === 'published')) yield toCandidate(revision);
}

async function* listRevisions(reads: SharedReads, { packageId, accept }: ResolvedPackage): AsyncGenerator<Candidate> {
  for (let below: number | undefined, isFull = true; isFull; ) {
    const limit = below === undefined ? 1 : pageSize;
    const page = await reads.startable({ packageId, accept, below, limit });
    for (const revision of page) yield toCandidate(revision);
    below = page.at(-1)?.rank;
    isFull = page.length === limit;
  }
}

async function* listRuns(
  reads: SharedReads,
  { pipelineId, material: { stage } }: ResolvedPipeline,
  chosen: Provenance,
): AsyncGenerator<Candidate> {
  const [sample] = await reads.passedRuns({ pipelineId, stage, limit: 1 });
  if (!sample) return;
  const shared = [...chosen.packages].find(([packageId]) => sample.provenance.packages.has(packageId));
  const ancestors = [...chosen.pipelines].flatMap(([id, runId]) => (sample.provenance.pipelines.has(id) ? [runId] : []));
  const query: PassedQuery = {
    ...{ pipelineId, stage, limit: pageSize, value: shared?.[1] },
    above: ancestors.length === 0 ? undefined : Math.max(...ancestors),
  };
  // Mostly the newest will do, and nothing more is read.
  const isFirst = answers(query, sample);
  if (isFirst && isSound(sample)) yield sample;
  for (let below = isFirst ? sample.run.id : undefined, isFull = true; isFull; ) {
    const page = await reads.passedRuns({ ...query, below });
    yield* page.filter(isSound);
    below = page.at(-1)?.run.id;
    isFull = page.length === pageSize;
  }
}

function answers({ value, above }: PassedQuery, { run, behind }: TracedRun): boolean {
  const has = ({ revisionId, edition }: PackageValue) => value?.revisionId === revisionId && value.edition === edition;
  return (above === undefined || run.id > above) && (value === undefined || behind.some(has));
}
