import type { PackageBehind, Provenance, TracedRun } from '../../domain/provenance.ts';
import type { PinnableRevision } from '../../domain/revision.ts';

/** A revision or a passed run that a run could pin as one of its materials, and everything behind it. */
export type Candidate = CandidateRevision | TracedRun;

export interface CandidateRevision {
  readonly revision: PinnableRevision;
  readonly provenance: Provenance;
  readonly behind: readonly PackageBehind[];
}

/** A revision as a candidate: itself is all that is behind it. */
export function toCandidate(revision: PinnableRevision): CandidateRevision {
  const { id: revisionId, packageId, edition, rank, state } = revision;
  return {
    revision,
    provenance: { packages: new Map([[packageId, { revisionId, edition }]]), pipelines: new Map() },
    behind: [{ packageId, revisionId, edition, rank, state }],
  };
}

/** Whether nothing behind it is withdrawn, or republished and not acknowledged. */
export function isSound({ behind }: Candidate): boolean {
  return behind.every(({ state }) => state === 'published');
}
