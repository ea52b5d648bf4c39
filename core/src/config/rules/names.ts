import type { Finding } from '../problem.ts';
import { atValue, entriesOf, itemsOf, type Rule } from './rule.ts';

/**
 * Names that stand for history are claimed once: stages in their pipeline, former names of repositories
 * anywhere.
 */
export const checkNames: Rule = function* ({ config }) {
  for (const [pipeline, { stages }] of entriesOf(config.pipelines)) {
    const seen = new Set<string>();
    for (const [index, { name }] of itemsOf(stages)) {
      if (name !== undefined && seen.has(name)) {
        yield atValue(
          ['pipelines', pipeline, 'stages', index, 'name'],
          `stage "${name}" is there twice in pipeline "${pipeline}"`,
        );
      }
      if (name !== undefined) seen.add(name);
    }
  }
  yield* checkFormerNames(Object.entries(config.repositories ?? {}));
};

type NamedRepository = readonly [
  string,
  { readonly formerly?: { readonly [index: number]: string | undefined } | undefined } | undefined,
];

function* checkFormerNames(repositories: readonly NamedRepository[]): Generator<Finding> {
  const current = new Set(repositories.map(([name]) => name));
  const claimed = new Map<string, string>();
  for (const [name, repository] of repositories) {
    for (const [index, former] of itemsOf(repository?.formerly)) {
      const place = ['repositories', name, 'formerly', index];
      const claimant = claimed.get(former);
      if (current.has(former))
        yield atValue(place, `"${former}" is the name of a repository now; its history stays there`);
      else if (claimant !== undefined)
        yield atValue(
          place,
          `repository "${claimant}" was formerly "${former}" already; only one can take its history`,
        );
      claimed.set(former, name);
    }
  }
}
