import { defineConfig } from 'vitest/config';
import { patienceMs } from './test/support/until.ts';

export default defineConfig({
  test: {
    include: [
      '{plugin-sdk,core,plugins/*}/test/**/*.test.ts',
      'test/**/*.test.ts',
      'docs/examples/*.test.ts',
    ],
    globalSetup: 'test/support/global-setup.ts',
    tags: [{ name: 'long', description: 'Left to npm run test:long', timeout: 1_800_000 }],
    // Many tests wait for deadlines, of others and of processes, more than they compute.
    maxWorkers: 4,
    // No test is right because it is quick: these end one that hangs, on a machine that has much else to do.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: patienceMs } },
  },
});
