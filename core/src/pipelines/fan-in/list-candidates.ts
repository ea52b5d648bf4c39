import { readPinnable, readStartable } from '../../store/pinnable.ts';
import { type PackageValue, type PassedQuery, type Provenance, readPassedRuns, type TracedRun } from '../../store/provenance.ts';
import type { Tx } from '../../store/store.ts';
import { type Candidate, isSound, toCandidate } from './candidate.ts';
import type { ResolvedMaterial, ResolvedPackage, ResolvedPipeline } from './resolve-materials.ts';

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
export function createCandidateList(tx: Tx, { byHand = false, override = false }: CandidateOptions = {}): ListCandidates {
  const runs = rememberRuns(tx);
  return async function* list(material, chosen) {
    if ('packageId' in material) {
      const value = chosen.packages.get(material.packageId);
      yield* value ? listDetermined(tx, material, { value, byHand, override }) : listRevisions(tx, material);
      return;
    }
    const { pipelineId } = material;
    const { stage } = material.material;
    const runId = chosen.pipelines.get(pipelineId);
    if (runId !== undefined) {
      yield* (await runs({ pipelineId, stage, runId, limit: 1 })).filter(isSound);
      return;
    }
    yield* listRuns(runs, material, chosen);
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
  tx: Tx,
  { packageId, accept }: ResolvedPackage,
  { value: { revisionId, edition }, byHand, override }: Determined,
): AsyncGenerator<Candidate> {
  const revision = byHand
    ? (await readPinnable(tx, [revisionId])).get(revisionId)
    : (await readStartable(tx, { packageId, accept, revisionId, limit: 1 }))[0];
  if (revision?.edition === edition && (override || revision.state === 'published')) yield toCandidate(revision);
}

async function* listRevisions(tx: Tx, { packageId, accept }: ResolvedPackage): AsyncGenerator<Candidate> {
  for (let below: number | undefined, isFull = true; isFull; ) {
    const limit = below === undefined ? 1 : pageSize;
    const page = await readStartable(tx, { packageId, accept, below, limit });
    for (const revision of page) yield toCandidate(revision);
    below = page.at(-1)?.rank;
    isFull = page.length === limit;
  }
}

type ReadRuns = (query: PassedQuery) => Promise<readonly TracedRun[]>;

/** Several triggers of one look, and the words about them, ask for the same. */
function rememberRuns(tx: Tx): ReadRuns {
  const known = new Map<string, Promise<readonly TracedRun[]>>();
  return (query) => {
    const key = JSON.stringify(query);
    const rows = known.get(key) ?? readPassedRuns(tx, query);
    known.set(key, rows);
    return rows;
  };
}

async function* listRuns(
  runs: ReadRuns,
  { pipelineId, material: { stage } }: ResolvedPipeline,
  chosen: Provenance,
): AsyncGenerator<Candidate> {
  const newest = await runs({ pipelineId, stage, limit: pageSize });
  const [sample] = newest;
  if (!sample) return;
  const shared = [...chosen.packages].find(([packageId]) => sample.provenance.packages.has(packageId));
  const ancestors = [...chosen.pipelines].flatMap(([id, runId]) => (sample.provenance.pipelines.has(id) ? [runId] : []));
  const query: PassedQuery = {
    ...{ pipelineId, stage, limit: pageSize, value: shared?.[1] },
    above: ancestors.length === 0 ? undefined : Math.max(...ancestors),
  };
  const isNarrowed = query.value !== undefined || query.above !== undefined;
  let page = isNarrowed ? await runs(query) : newest;
  for (;;) {
    yield* page.filter(isSound);
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    page = await runs({ ...query, below: last.run.id });
  }
}
