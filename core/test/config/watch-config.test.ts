import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { patience } from '../../../test/support/until.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { watchConfig } from '../../src/config/watch-config.ts';
import { optionsWith, repository, writeFiles } from './load.ts';

/** A watched configuration, and what its watch has told: the names of repositories, or problems. */
async function watchFiles(files: Readonly<Record<string, string>>) {
  const directory = await writeFiles(files);
  const file = join(directory, 'sluice.yaml');
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const loads = { count: 0 };
  const load = () => {
    loads.count++;
    return loadConfig(file, optionsWith());
  };
  const told: string[] = [];
  const watch = watchConfig({
    config: await loadConfig(file, optionsWith()),
    load,
    onLoaded: ({ repositories }: Config) => told.push([...repositories.keys()].join(' ')),
    onProblems: (problems) =>
      told.push(...problems.map(formatProblem).map((problem) => problem.replace(`${directory}/`, ''))),
    onError: (error) => told.push(`error: ${String(error)}`),
    signal: ending.signal,
    quietMs: 50,
  });
  const write = (name: string, text: string) => writeFile(join(directory, name), text);
  const tells = (...expected: readonly string[]) =>
    vi.waitFor(() => expect(told).toEqual(expected), patience);
  return { directory, watch, write, tells, told, loads, ending };
}

test('a file that is written again is loaded again', async () => {
  const { write, tells } = await watchFiles({ 'sluice.yaml': repository });
  await write('sluice.yaml', `${repository}  more: { plugin: shelf }\n`);
  await tells('main more');
});

test('a file that an editor replaces is loaded again, and again', async () => {
  const { directory, write, tells } = await watchFiles({ 'sluice.yaml': repository });
  for (const name of ['second', 'third']) {
    await write('sluice.yaml~', `repositories: { ${name}: { plugin: shelf } }\n`);
    await rename(join(directory, 'sluice.yaml~'), join(directory, 'sluice.yaml'));
    await tells(...(name === 'second' ? ['second'] : ['second', 'third']));
  }
});

test('a file that newly matches an include is loaded, and one that goes away is dropped', async () => {
  const { directory, write, tells } = await watchFiles({
    'sluice.yaml': `include: ["conf.d/*.yaml"]\n${repository}`,
  });
  await mkdir(join(directory, 'conf.d'));
  await write('conf.d/a.yaml', 'repositories: { a: { plugin: shelf } }\n');
  await tells('main a');
  await rm(join(directory, 'conf.d/a.yaml'));
  await tells('main a', 'main');
});

test('an invalid file is told and changes nothing, and so is its mending in an include that was never loaded', async () => {
  const { write, tells } = await watchFiles({
    'sluice.yaml': repository,
    'apart/a.yaml': 'repositories: { a: 1 }\n',
  });
  await write('sluice.yaml', `include: [apart/a.yaml]\n${repository}`);
  await tells('apart/a.yaml:1:20: a: a mapping such as { plugin: ... } is expected, not 1');
  await write('apart/a.yaml', 'repositories: { a: { plugin: shelf } }\n');
  await tells('apart/a.yaml:1:20: a: a mapping such as { plugin: ... } is expected, not 1', 'main a');
});

test('the store beside the configuration may change as it likes', async () => {
  const { write, tells, loads } = await watchFiles({ 'sluice.yaml': repository });
  for (let index = 0; index < 20; index++) await write('sluice.db-wal', `${index}`);
  await write('sluice.yaml', `${repository}  more: { plugin: shelf }\n`);
  await tells('main more');
  expect(loads.count).toBe(1);
});

test('a reload that somebody asks for is told even if nothing changed', async () => {
  const { watch, told } = await watchFiles({ 'sluice.yaml': repository });
  await watch.reload();
  expect(told).toEqual(['main']);
});

test('nothing is loaded once the watch has ended', async () => {
  const { watch, write, told, loads, ending } = await watchFiles({ 'sluice.yaml': repository });
  ending.abort();
  await write('sluice.yaml', '# nothing\n');
  await watch.reload();
  expect(told).toEqual([]);
  expect(loads.count).toBe(0);
});
