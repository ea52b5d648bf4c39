import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openWorkplace, type Workplace } from '../support/sluice.ts';

let place: Workplace;
afterEach(() => place?.remove());

it('docs/access.md shows a configuration that is valid', async () => {
  const text = await readFile(join(import.meta.dirname, '../../docs/access.md'), 'utf8');
  const [, configuration = ''] = /^```yaml\n(.*?)^```/ms.exec(text) ?? [];
  place = await openWorkplace();
  await place.configure(configuration);
  expect(await place.sluice('validate')).toMatchObject({ code: 0, stderr: '' });
});
