/**
 * The value below which a share of the samples lies, `share` in [0, 1]: the nearest rank. Throws for no
 * samples.
 */
export function findQuantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

/** The middle of the samples; of an even number the lower one. Throws for no samples. */
export function findMedian(samples: readonly number[]): number {
  return findQuantile(samples, 0.5);
}
