import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{plugin-sdk,core,plugins/*}/test/**/*.test.ts', 'test/**/*.test.ts', 'docs/examples/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    // Many tests wait for deadlines, of others and of processes, more than they compute.
    maxWorkers: 4,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
