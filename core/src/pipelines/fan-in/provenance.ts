import type { Provenance } from '../../store/provenance.ts';

/** Nothing is behind it. */
export const nothingBehind: Provenance = { packages: new Map(), pipelines: new Map() };

/** Everything behind two things together; undefined where they disagree, since a package or a pipeline has two values. */
export function mergeProvenance(a: Provenance, b: Provenance): Provenance | undefined {
  for (const [packageId, value] of b.packages) {
    const other = a.packages.get(packageId);
    if (other && (other.revisionId !== value.revisionId || other.edition !== value.edition)) return undefined;
  }
  for (const [pipelineId, runId] of b.pipelines) {
    const other = a.pipelines.get(pipelineId);
    if (other !== undefined && other !== runId) return undefined;
  }
  return { packages: new Map([...a.packages, ...b.packages]), pipelines: new Map([...a.pipelines, ...b.pipelines]) };
}
