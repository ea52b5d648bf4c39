const firstMs = 250;
const longestMs = 5_000;

/**
 * How long to wait after so many failures of the store in a row, in milliseconds: twice as long each time, at
 * most 5 seconds, of which the upper half is left to chance (`random` in [0, 1)), so that nodes do not come
 * back at the same moment.
 */
export function findStoreBackOff(failures: number, random: () => number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1)) * (0.5 + random() / 2);
}
