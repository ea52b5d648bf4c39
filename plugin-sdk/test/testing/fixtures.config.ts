import { defineConfig } from 'vitest/config';

/** Runs the fixtures, which are red on purpose, apart from everything else. */
export default defineConfig({ test: { dir: import.meta.dirname, include: ['fixtures/*.ts'], isolate: false } });
