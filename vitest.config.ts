import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{plugin-sdk,core,plugins/*}/test/**/*.test.ts', 'test/**/*.test.ts', 'docs/examples/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
