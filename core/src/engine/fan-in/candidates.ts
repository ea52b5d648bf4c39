import {
  matches,
  type PackageValue,
  type PassedQuery,
  type Provenance,
  type TracedRun,
} from '../../domain/provenance.ts';
import { ask, type Deciding } from '../question.ts';
import { type Candidate, isSound, toCandidate } from './candidate.ts';
import type { ResolvedMaterial, ResolvedPackage, ResolvedPipeline } from './materials.ts';

const pageSize = 20;

/** What a material could contribute, one after another, newest first; undefined after the last. */
export type CandidateStream = () => Deciding<Candidate | undefined>;

/**
 * Lists what a material could contribute beside what is chosen already; some of it may still disagree with
 * that.
 */
export type ListCandidates = (material: ResolvedMaterial, chosen: Provenance) => CandidateStream;

/** Who chooses. */
export interface CandidateOptions {
  /** Whether people do: then what is behind their choice may be of any standing. */
  readonly byHand?: boolean;
  /** Whether it may be republished or withdrawn, too. */
  readonly override?: boolean;
}

/**
 * Lists candidates, however long the history is.
 *
 * Of a package: the very revision that is behind what is chosen, else those that may start something. Of a
 * pipeline: runs whose stage's newest attempt is passed, with nothing withdrawn or republished behind them.
 * Where its newest one shares a package with what is chosen, only runs that have the same bytes of it behind
 * them; and never one older than a run that must be behind it.
 */
export function createCandidateList({
  byHand = false,
  override = false,
}: CandidateOptions = {}): ListCandidates {
  return (material, chosen) => {
    if ('packageId' in material) {
      const value = chosen.packages.get(material.packageId);
      if (value)
        return paginate(
          () => readDetermined(material, { value, byHand, override }),
          () => undefined,
        );
      return listRevisions(material);
    }
    const { pipelineId } = material;
    const runId = chosen.pipelines.get(pipelineId);
    if (runId === undefined) return listRuns(material, chosen);
    const query = { pipelineId, stage: material.material.stage, runId, limit: 1 };
    return paginate(
      () => ask('passedRuns', query),
      () => undefined,
    );
  };
}

/**
 * A stream over pages; `next` gives the page after one, where there may be one. Unsound candidates are left
 * out of it.
 */
function paginate<Item extends Candidate>(
  first: () => Deciding<readonly Item[]>,
  next: (page: readonly Item[]) => (() => Deciding<readonly Item[]>) | undefined,
): CandidateStream {
  let read: (() => Deciding<readonly Item[]>) | undefined = first;
  let page: readonly Item[] = [];
  let at = 0;
  return function* () {
    while (at === page.length) {
      if (!read) return undefined;
      page = yield* read();
      at = 0;
      read = next(page);
    }
    return page[at++];
  };
}

interface Determined extends Required<CandidateOptions> {
  readonly value: PackageValue;
}

function* readDetermined(
  { packageId, accept }: ResolvedPackage,
  { value: { revisionId, edition }, byHand, override }: Determined,
): Deciding<readonly Candidate[]> {
  const revision = byHand
    ? yield* ask('revision', revisionId)
    : (yield* ask('startable', { packageId, accept, revisionId, limit: 1 }))[0];
  const isIt = revision?.edition === edition && (override || revision.state === 'published');
  return isIt ? [toCandidate(revision)] : [];
}

function listRevisions({ packageId, accept }: ResolvedPackage): CandidateStream {
  const read = (below: number | undefined, limit: number) =>
    function* () {
      return (yield* ask('startable', { packageId, accept, below, limit })).map(toCandidate);
    };
  // Mostly the newest will do, and nothing more is read.
  let limit = 1;
  return paginate(read(undefined, limit), (page) => {
    const isFull = page.length === limit;
    limit = pageSize;
    return isFull ? read(page.at(-1)?.revision.rank, limit) : undefined;
  });
}

function listRuns(
  { pipelineId, material: { stage } }: ResolvedPipeline,
  chosen: Provenance,
): CandidateStream {
  const sound = (stream: CandidateStream): CandidateStream =>
    function* () {
      for (;;) {
        const candidate = yield* stream();
        if (!candidate || isSound(candidate)) return candidate;
      }
    };
  const read = (query: PassedQuery) => () => ask('passedRuns', query);
  let query: PassedQuery = { pipelineId, stage, limit: 1 };
  let isFirst = true;
  return sound(
    paginate<TracedRun>(
      function* () {
        const [sample] = yield* ask('passedRuns', query);
        if (!sample) return [];
        query = narrow(sample, query, chosen);
        return matches(sample, query) ? [sample] : [];
      },
      (page) => {
        const isFull = page.length === query.limit || isFirst;
        const below = page.at(-1)?.run.id;
        isFirst = false;
        return isFull && query.limit === pageSize
          ? read(below === undefined ? query : { ...query, below })
          : undefined;
      },
    ),
  );
}

/**
 * What of a pipeline's runs can agree with what is chosen, as far as an index can tell: learnt from its
 * newest run.
 */
function narrow(
  { provenance }: TracedRun,
  { pipelineId, stage }: PassedQuery,
  chosen: Provenance,
): PassedQuery {
  const shared = [...chosen.packages].find(([packageId]) => provenance.packages.has(packageId));
  const ancestors = [...chosen.pipelines].flatMap(([id, runId]) =>
    provenance.pipelines.has(id) ? [runId] : [],
  );
  const above = ancestors.length === 0 ? undefined : Math.max(...ancestors);
  return { pipelineId, stage, limit: pageSize, value: shared?.[1], above };
}
