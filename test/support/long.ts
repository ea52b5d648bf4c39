import type { TestOptions } from 'vitest';

/**
 * Of tests that `npm run test:long` runs, and `npm test` leaves out; a whole file says `// @module-tag long`
 * instead.
 */
export const long: TestOptions = { tags: ['long'] };

/** Describes a test of so many rounds. */
type DescribeRounds = (rounds: number, options: TestOptions) => void;

/** Describes what is tried in many rounds: once in a few, and once in all of them, which is long. */
export function describeRounds(
  { few, all }: { readonly few: number; readonly all: number },
  describe: DescribeRounds,
): void {
  describe(few, {});
  describe(all, long);
}
