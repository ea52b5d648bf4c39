import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SourceReader } from '../../../src/config/reading/source-reader.ts';
import { writeFiles } from '../load.ts';

async function readText(text: string) {
  const directory = await writeFiles({ 'a.yaml': text });
  await using reader = new SourceReader(new AbortController().signal);
  return await reader.read(join(directory, 'a.yaml'));
}

describe('a reader', () => {
  test('answers the plain value of a file, and the SHA-256 of its text', async () => {
    expect(await readText('a: [1, "1", 1.10, yes, null]\n1.10: x\n')).toEqual({
      value: { a: [1, '1', 1.1, 'yes', null], '1.10': 'x' },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      faults: [],
      lines: [
        ['a', 1],
        ['1.10', 2],
      ],
    });
  });

  test('says on which lines the sections and their entries begin', async () => {
    const { lines } = await readText(
      'server: { port: 1 }\n\npipelines:\n  # the first\n  one: {}\n  two:\n    stages: []\n',
    );
    expect(lines.map(([path, line]) => `${path} ${line}`)).toEqual([
      'server 1',
      'server/port 1',
      'pipelines 3',
      'pipelines/one 5',
      'pipelines/two 6',
    ]);
  });

  test('finds keys and values, also behind aliases and merge keys, and of what is missing the nearest', async () => {
    const directory = await writeFiles({
      'a.yaml': 'base: &b\n  deep: { x: 1.10 }\nalias: *b\nmerged:\n  <<: *b\n  own: ""\nempty:\n',
    });
    const file = join(directory, 'a.yaml');
    await using reader = new SourceReader(new AbortController().signal);
    await reader.read(file);
    const positions = await reader.locate(file, [
      { path: ['base', 'deep', 'x'], at: 'key' },
      { path: ['base', 'deep', 'x'], at: 'value' },
      { path: ['alias', 'deep', 'x'], at: 'value' },
      { path: ['merged', 'deep', 'x'], at: 'value' },
      { path: ['merged', 'own', 'more'], at: 'value' },
      { path: ['empty'], at: 'value' },
      { path: ['nowhere'], at: 'key' },
    ]);
    expect(positions.map(({ line, column, source }) => `${line}:${column} ${source}`)).toEqual([
      '2:11 1.10',
      '2:14 1.10',
      '2:14 1.10',
      '2:14 1.10',
      '6:8 ',
      '7:1 ',
      '1:1 ',
    ]);
  });

  test('refuses a file that is too large, or no UTF-8', async () => {
    const directory = await writeFiles({ 'large.yaml': '' });
    await truncate(join(directory, 'large.yaml'), 16 * 1024 ** 2 + 1);
    await using reader = new SourceReader(new AbortController().signal);
    expect(await reader.read(join(directory, 'large.yaml'))).toMatchObject({
      faults: [{ message: 'cannot be read: it is larger than 16 MB' }],
    });
    expect(await reader.read(process.execPath)).toMatchObject({
      faults: [{ line: 1, column: 1, message: expect.stringMatching(/^cannot be read: /) }],
    });
  });

  test('stops with the reason of its signal', async () => {
    const directory = await writeFiles({
      'a.yaml': Array.from({ length: 100_000 }, (_, index) => `k${index}: v`).join('\n'),
    });
    const ending = new AbortController();
    await using reader = new SourceReader(ending.signal);
    const reading = reader.read(join(directory, 'a.yaml'));
    ending.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });
});
