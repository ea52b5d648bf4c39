import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { slowness } from '../../../test/support/slowness.ts';

const workspace = join(import.meta.dirname, '../../..');

/** Runs the fixtures, which are red on purpose, apart from everything else. */
export default defineConfig({
  root: workspace,
  test: {
    dir: import.meta.dirname,
    include: ['fixtures/*.ts'],
    isolate: false,
    testTimeout: 5_000 * slowness,
  },
});
