import { PluginError } from '@sluice/plugin-sdk';
import type { Nevra } from './nevra.ts';
import type { RpmPackage } from './primary/rpm-package.ts';
import type { Wanted } from './primary/scanner.ts';
import { parseSpec, type Spec } from './spec.ts';
import { SpecIndex } from './spec-index.ts';

/** What was found at one rank: one package's history, unless there are several names or architectures. */
interface Found {
  readonly names: Set<string>;
  readonly arches: Set<string>;
  rpms: RpmPackage[];
}

/** What is said of more is that there are more. */
const mostTold = 10;

/** Understands which packages of a repository are meant by each of many specs. */
export class Selection implements Wanted {
  readonly #specs: ReadonlyMap<string, Spec>;
  readonly #index: SpecIndex;
  readonly #found = new Map<Spec, Map<number, Found>>();

  constructor(texts: Iterable<string>) {
    this.#specs = new Map([...texts].map((text) => [text, parseSpec(text)]));
    this.#index = new SpecIndex(this.#specs.values());
  }

  get isEmpty(): boolean {
    return this.#specs.size === 0;
  }

  mayWantName(name: string): boolean {
    return this.#index.mayMatch(name);
  }

  wants(nevra: Nevra): boolean {
    let wanted = false;
    for (const { spec, rank } of this.#index.match(nevra)) {
      const found = this.#at(spec, rank);
      if (!found) continue;
      addBounded(found.names, nevra.name);
      addBounded(found.arches, nevra.arch);
      if (isOnePackage(found)) wanted = true;
      else found.rpms = [];
    }
    return wanted;
  }

  take(rpm: RpmPackage): void {
    for (const { spec, rank } of this.#index.match(rpm)) {
      const found = this.#at(spec, rank);
      if (found && isOnePackage(found)) found.rpms.push(rpm);
    }
  }

  /**
   * The rpms that a spec means, or why that cannot be told: `NOT_FOUND` where there are none,
   * `CONFIG_INVALID` where they are not one package.
   */
  resolve(text: string): readonly RpmPackage[] | PluginError {
    const spec = this.#specs.get(text);
    const ranks = spec && this.#found.get(spec);
    const best = ranks && Math.min(...ranks.keys());
    const found = best === undefined ? undefined : ranks?.get(best);
    if (!spec || best === undefined || !found)
      return new PluginError(
        'NOT_FOUND',
        `no package matches ${text}; check the name, and that it is in this repository`,
      );
    if (found.names.size > 1) return severalNames(text, found.names);
    return found.arches.size > 1 ? severalArches(spec, best, found.arches) : found.rpms;
  }

  /** What was found at a rank, unless something better was. */
  #at(spec: Spec, rank: number): Found | undefined {
    const ranks = this.#found.get(spec) ?? new Map<number, Found>();
    this.#found.set(spec, ranks);
    for (const known of ranks.keys()) {
      if (known < rank) return undefined;
      if (known > rank) ranks.delete(known);
    }
    const found = ranks.get(rank) ?? { names: new Set(), arches: new Set(), rpms: [] };
    ranks.set(rank, found);
    return found;
  }
}

function isOnePackage({ names, arches }: Found): boolean {
  return names.size === 1 && arches.size === 1;
}

function addBounded(set: Set<string>, value: string): void {
  if (set.size <= mostTold) set.add(value);
}

function severalNames(text: string, names: ReadonlySet<string>): PluginError {
  const message = `${text} matches several packages, and a package is one: write one of ${listSome(names)}`;
  return new PluginError('CONFIG_INVALID', message);
}

function severalArches(spec: Spec, rank: number, arches: ReadonlySet<string>): PluginError {
  const form = spec.forms[rank >> 1];
  const narrowed = new Set([...arches].sort().map((arch) => form?.narrow(arch) ?? arch));
  const message = `${spec.text} matches several architectures (${listSome(new Set([...arches].sort()))}): add one, as in ${listSome(narrowed, ' or ')}`;
  return new PluginError('CONFIG_INVALID', message);
}

function listSome(set: ReadonlySet<string>, separator = ', '): string {
  const told = [...set].slice(0, mostTold);
  return told.join(separator) + (set.size > mostTold ? ' and others' : '');
}
