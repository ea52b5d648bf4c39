import type { Nevra } from './nevra.ts';
import type { Spec } from './spec.ts';

/** A spec that a package matches, and how well: the lower the rank, the rather it is what was meant. */
export interface SpecMatch {
  readonly spec: Spec;
  readonly rank: number;
}

/** Understands which of many specs a package may match, at a cost that hardly grows with their number. */
export class SpecIndex {
  readonly #exact = new Map<string, Set<Spec>>();
  readonly #prefixed = new Map<string, Set<Spec>>();
  readonly #prefixLengths: readonly number[];

  constructor(specs: Iterable<Spec>) {
    for (const spec of specs)
      for (const { name } of spec.forms) {
        if ('exact' in name) addTo(this.#exact, name.exact, spec);
        else addTo(this.#prefixed, name.prefix, spec);
      }
    this.#prefixLengths = [...new Set([...this.#prefixed.keys()].map((prefix) => prefix.length))];
  }

  /** Whether there may be a match among packages of a name; false is certain. */
  mayMatch(name: string): boolean {
    const lower = name.toLowerCase();
    return (
      this.#exact.has(lower) ||
      this.#prefixLengths.some((length) => this.#prefixed.has(lower.slice(0, length)))
    );
  }

  /** The specs that a package matches. */
  match(nevra: Nevra): readonly SpecMatch[] {
    return [...this.#candidates(nevra.name.toLowerCase())].flatMap((spec) => {
      const rank = rankMatch(spec, nevra);
      return rank === undefined ? [] : [{ spec, rank }];
    });
  }

  #candidates(lower: string): ReadonlySet<Spec> {
    const candidates = new Set(this.#exact.get(lower));
    for (const length of this.#prefixLengths)
      for (const spec of this.#prefixed.get(lower.slice(0, length)) ?? []) candidates.add(spec);
    return candidates;
  }
}

function rankMatch({ forms }: Spec, nevra: Nevra): number | undefined {
  for (const [index, form] of forms.entries()) {
    const match = form.match(nevra);
    if (match) return 2 * index + (match === 'exactly' ? 0 : 1);
  }
  return undefined;
}

function addTo(index: Map<string, Set<Spec>>, key: string, spec: Spec): void {
  const known = index.get(key);
  if (known) known.add(spec);
  else index.set(key, new Set([spec]));
}
