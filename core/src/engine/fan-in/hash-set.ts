import { createHash } from 'node:crypto';
import type { Candidate } from './candidate.ts';

/**
 * Names a set of materials: the same for the same bytes and runs, whatever the order of the configuration. A
 * pointer's move counts, since each is new; `moves` has them by package id.
 */
export function hashSet(candidates: readonly Candidate[], moves: ReadonlyMap<number, number>): string {
  const parts = candidates.map((candidate) => {
    if ('run' in candidate) return `run ${candidate.run.id}`;
    const { id, packageId, edition } = candidate.revision;
    return `revision ${id} ${edition} ${moves.get(packageId) ?? 0}`;
  });
  return createHash('sha256').update(parts.toSorted().join('\n')).digest('hex');
}
