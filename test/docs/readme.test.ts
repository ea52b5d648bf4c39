import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openWorkplace, type Workplace } from '../support/sluice.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFile(join(root, path), 'utf8');
const blocksOf = async (language: string) =>
  [...(await read('README.md')).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, text = '']) => text,
  );

let place: Workplace;
afterEach(() => place?.remove());

describe('the README', () => {
  it('shows the example plugin as it is tested', async () => {
    expect(await blocksOf('ts')).toEqual([await read('docs/examples/json-index.ts')]);
  });

  it('shows configurations that are valid, the plugin named by its path', async () => {
    const [first = '', withPlugin = ''] = await blocksOf('yaml');
    place = await openWorkplace({ NPM_TOKEN: 'a-token' });
    await place.configure(first);
    expect(await place.sluice('validate')).toMatchObject({ code: 0, stderr: '' });
    await writeFile(join(place.directory, 'json-index.ts'), await read('docs/examples/json-index.ts'));
    await place.configure(withPlugin);
    expect(await place.sluice('validate')).toMatchObject({ code: 0, stderr: '' });
  });
});
