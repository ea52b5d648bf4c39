const unitsBytes = { TB: 1024 ** 4, GB: 1024 ** 3, MB: 1024 ** 2, KB: 1024, B: 1 } as const;

/** What a size looks like, as a regular expression and for people. */
export const sizePattern = '^([1-9][0-9]{0,5})(B|KB|MB|GB|TB)$';
export const sizeExamples = 'a size: 512MB or 1GB';

/**
 * The bytes of `512MB`: units are powers of 1024, as memory limits have them. Throws RangeError for anything
 * else.
 */
export function parseSize(text: string): number {
  const [, count, unit] = new RegExp(sizePattern).exec(text) ?? [];
  const unitBytes = Object.entries(unitsBytes).find(([name]) => name === unit)?.[1];
  if (count === undefined || unitBytes === undefined)
    throw new RangeError(`"${text}" is not ${sizeExamples}`);
  return Number(count) * unitBytes;
}

/** Bytes in the largest unit that they fill, with at most one decimal: `1.5GB`. */
export function formatSize(bytes: number): string {
  const [unit, unitBytes] = Object.entries(unitsBytes).find(([, size]) => bytes >= size) ?? ['B', 1];
  return `${Number((bytes / unitBytes).toFixed(1))}${unit}`;
}
