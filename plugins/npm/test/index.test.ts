import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('loads in Node as it is, by the name of its package', () => {
  const script = "import npm from '@sluice/plugin-npm'; console.log(npm.id, npm.contract);";
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  expect(printed).toBe('npm 1\n');
});
