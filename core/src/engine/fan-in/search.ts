import {
  mergeProvenance,
  nothingBehind,
  type PackageBehind,
  type Provenance,
} from '../../domain/provenance.ts';
import type { Deciding } from '../question.ts';
import type { Candidate } from './candidate.ts';
import type { ListCandidates } from './candidates.ts';
import type { ResolvedMaterial } from './materials.ts';

/** What is looked for: one candidate for each material, all of which agree. */
export interface SetSearch {
  /** In the order of the configuration. */
  readonly materials: readonly ResolvedMaterial[];
  /** What is chosen already, by the material's position. */
  readonly anchors: ReadonlyMap<number, Candidate>;
  readonly list: ListCandidates;
  /** Whether a candidate may be part of the set. */
  readonly admits: (candidate: Candidate) => boolean;
  /** Whether a whole set will do. */
  readonly accepts: (provenance: Provenance) => boolean;
  /** The most candidates to look at. */
  readonly steps: number;
}

/** A set of candidates, one a material in the order of the configuration, and everything behind them. */
export interface FoundSet {
  readonly candidates: readonly Candidate[];
  readonly provenance: Provenance;
}

/** The packages behind a set, each once. */
export function listPackagesBehind({ candidates }: FoundSet): readonly PackageBehind[] {
  const byId = new Map(candidates.flatMap(({ behind }) => behind).map((one) => [one.packageId, one]));
  return [...byId.values()];
}

/** What a search came to; `given up` after as many steps as it may take. */
export type SearchResult =
  | ({ readonly kind: 'found' } & FoundSet)
  | { readonly kind: 'none' }
  | { readonly kind: 'given up' };

/**
 * Searches a set that agrees: no package and no pipeline behind it has two values.
 *
 * The anchors stand; the other materials are walked in order, newest first, backtracking, so that the first
 * set found is the newest in that order. The work is bounded by `steps`.
 */
export function* searchSet(search: SetSearch): Deciding<SearchResult> {
  const chosen = mergeAnchors(search);
  if (!chosen) return { kind: 'none' };
  return yield* new Walk(search).descend(0, [], chosen);
}

/** Everything behind the anchors; undefined where they disagree. */
export function mergeAnchors({ anchors }: Pick<SetSearch, 'anchors'>): Provenance | undefined {
  let chosen: Provenance | undefined = nothingBehind;
  for (const { provenance } of anchors.values()) chosen = chosen && mergeProvenance(chosen, provenance);
  return chosen;
}

/** Understands how far a search has come. */
class Walk {
  readonly #search: SetSearch;
  #steps = 0;

  constructor(search: SetSearch) {
    this.#search = search;
  }

  *descend(position: number, candidates: readonly Candidate[], chosen: Provenance): Deciding<SearchResult> {
    const { materials, anchors, list, admits, accepts, steps } = this.#search;
    const material = materials[position];
    if (!material)
      return accepts(chosen) ? { kind: 'found', candidates, provenance: chosen } : { kind: 'none' };
    const anchor = anchors.get(position);
    if (anchor) return yield* this.descend(position + 1, [...candidates, anchor], chosen);
    const next = list(material, chosen);
    for (let candidate = yield* next(); candidate; candidate = yield* next()) {
      if (++this.#steps > steps) return { kind: 'given up' };
      const merged = admits(candidate) ? mergeProvenance(chosen, candidate.provenance) : undefined;
      if (!merged) continue;
      const result = yield* this.descend(position + 1, [...candidates, candidate], merged);
      if (result.kind !== 'none') return result;
    }
    return { kind: 'none' };
  }
}
