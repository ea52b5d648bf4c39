import type { TestOptions } from 'vitest';

/** Of tests that `npm run test:long` runs, and `npm test` leaves out; a whole file says `// @module-tag long` instead. */
export const long: TestOptions = { tags: ['long'] };
