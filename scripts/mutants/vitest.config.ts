import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';
import type { Mutant } from './find-mutants.ts';

const root = resolve(import.meta.dirname, '../..');
const mutant: Mutant | undefined = process.env['MUTANT'] ? JSON.parse(process.env['MUTANT']) : undefined;

/** The tests in memory, over a source with one fault: `MUTANT` says which. */
export default defineConfig({
  root,
  plugins: mutant
    ? [{ name: 'mutant', enforce: 'pre', transform: (text, id) => mutate(mutant, text, id) }]
    : [],
  test: { ...base.test, include: ['core/test/{domain,engine,polling,api/access}/**/*.test.ts'] },
});

function mutate({ file, start, end, replacement }: Mutant, text: string, id: string): string | undefined {
  return id === resolve(root, file) ? text.slice(0, start) + replacement + text.slice(end) : undefined;
}
