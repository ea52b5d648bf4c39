import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runSluice } from './run.ts';

const file = fileURLToPath(new URL('../../../sluice.yaml', import.meta.url));

test('the configuration that npm start runs is valid', async () => {
  expect(await runSluice(['validate', '-c', file], { isBundled: true })).toEqual({
    code: 0,
    stdout: `${file} is valid: 1 repository, 1 pipeline\n`,
    stderr: '',
  });
});
