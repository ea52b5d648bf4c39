import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { findIncluded, type IncludeBounds } from '../../src/config/reading/includes.ts';
import { optionsWith, problemsIn, repository, writeFiles } from './load.ts';

describe('include', () => {
  test('merges repositories and pipelines by name, whatever file they are in', async () => {
    const directory = await writeFiles({
      'sluice.yaml': `include: ["conf.d/**/*.yaml", "one.yml", "\${env:DIR}/*.yaml"]\n${repository}`,
      'conf.d/a.yaml': 'repositories: { a: { plugin: shelf } }\n',
      'conf.d/deep/b.yaml': 'repositories: { b: { plugin: shelf } }\ntimezone: Europe/Paris\n',
      'conf.d/ignored.txt': '- not read',
      'one.yml': '# nothing\n',
      'named/c.yaml':
        'pipelines: { c: { materials: [{ package: main/web }], stages: [{ name: s, jobs: { j: { run: x } } }] } }\n',
    });
    const config = await loadConfig(
      join(directory, 'sluice.yaml'),
      optionsWith({ environment: { DIR: 'named' } }),
    );
    expect([...config.repositories.keys()]).toEqual(['main', 'a', 'b']);
    expect([...config.pipelines.keys()]).toEqual(['c']);
    expect(config.timezone).toBe('Europe/Paris');
    expect(config.files).toEqual(
      ['sluice.yaml', 'conf.d/a.yaml', 'conf.d/deep/b.yaml', 'named/c.yaml', 'one.yml'].map((file) =>
        join(directory, file),
      ),
    );
    expect(config.include).toEqual(
      ['conf.d/**/*.yaml', 'one.yml', 'named/*.yaml'].map((pattern) => join(directory, pattern)),
    );
  });

  test('does not read the file twice that it is in', async () => {
    expect(await problemsIn({ 'sluice.yaml': `include: ["*.yaml"]\n${repository}` })).toEqual([]);
  });

  test('refuses a name that is defined twice, naming both places', async () => {
    expect(
      await problemsIn({
        'sluice.yaml': `include: [a.yaml, b.yaml]\nminFree: 1GB\n${repository}`,
        'a.yaml': 'x-mine: 1\nrepositories:\n  main: { plugin: shelf }\nminFree: 2GB\n',
        'b.yaml': '\nrepositories:\n  main: { plugin: shelf }\n',
      }),
    ).toEqual(
      [
        'a.yaml:3:3: "main" is defined twice; the other is at sluice.yaml:4:3',
        'a.yaml:4:1: "minFree" is defined twice; the other is at sluice.yaml:2:1',
        'b.yaml:3:3: "main" is defined twice; the other is at sluice.yaml:4:3',
      ].map((problem) => problem.replace(/^sluice\.yaml:/, '')),
    );
  });

  test('reports every mistake in the file that it is in', async () => {
    expect(
      await problemsIn({
        'sluice.yaml': `include: [a.yaml, missing.yaml, "none/*.yaml"]\n`,
        'a.yaml':
          'include: [b.yaml]\nrepositories:\n  a: { plugin: shelf, pol: {} }\nservr: 1\npipelines: []\n',
      }),
    ).toEqual([
      'a.yaml:1:1: "include" belongs into sluice.yaml alone',
      'a.yaml:3:23: a: unknown key "pol"; did you mean "poll"?',
      'a.yaml:4:1: unknown key "servr"; did you mean "server"?',
      'a.yaml:5:12: pipelines: a mapping such as { NAME: { materials: ..., stages: ... } } is expected, not a list',
      '1:19: "missing.yaml" does not exist',
    ]);
  });

  test('that is broken is not all that is reported', async () => {
    expect(
      await problemsIn({ 'sluice.yaml': 'include: [a.yaml]\nminFree: 1\n', 'a.yaml': 'a: "x\n' }),
    ).toEqual([
      'a.yaml:2:1: YAML: a comma, a colon, a space, or a closing quote or bracket is missing',
      '2:10: minFree: a size: 512MB or 1GB is expected, not 1',
    ]);
  });
});

describe('a file that is included by mistake', () => {
  const secret = 'hunter2';
  test.each([
    ['of passwords', `root:*:19000:0:99999:7:::\nalice:$y$${secret}:19000:0:99999:7:::\n`],
    ['of an environment', `TOKEN=${secret}\nURL=https://x:${secret}@example.com\n`],
    ['of an environment with a colon', `TOKEN=${secret}: yes\nA=b: no\n`],
    ['of other keys', `password: ${secret}\n${secret}: 1\n`],
    ['that repeats a key', `${secret}: 1\n${secret}: 2\n`],
    ['that is a list', `- ${secret}\n`],
    ['with an alias that leads nowhere', `a: *${secret}\n`],
    ['with a tag', `a: !${secret} b\n`],
    ['with an escape', `a: "\\${secret}"\n`],
    ['with a block that has too much in its head', `a: | ${secret}\n  b\n`],
    ['with a key that goes on', `${secret}\n${secret}: "\n`],
    ['with two values', `a: 'b' ${secret}\n`],
    ['that begins with what YAML keeps for itself', `@${secret}\n%${secret}\n`],
    ['that is no text', `\u0000\u0001${secret}\u0000`],
  ])('%s is refused without a word of what is in it', async (_, text) => {
    const problems = await problemsIn({ 'sluice.yaml': `include: [.env]\n${repository}`, '.env': text });
    expect(problems).not.toEqual([]);
    expect(problems.join('\n')).not.toContain(secret);
    for (const problem of problems) expect(problem).toMatch(/^\.env:\d+:\d+: /);
  });

  test.each([
    ['/dev/zero', 'cannot be read: it is a device, and no file'],
    [
      '/proc/self/environ',
      'cannot be read: it is no ordinary file, or changes while it is read; name a file that stays as it is',
    ],
  ])('%s is refused', async (path, message) => {
    expect((await problemsIn({ 'sluice.yaml': `include: [${path}]\n${repository}` })).join()).toMatch(
      new RegExp(`:1:1: ${message}$`),
    );
  });
});

describe('a pattern of include', () => {
  const signal = new AbortController().signal;

  test('that leads through too many directories, takes too long or matches too much is refused', async () => {
    const directory = await writeFiles({ 'a/1.yaml': '', 'b/2.yaml': '', 'c/d/3.yaml': '' });
    const find = (bounds: Partial<IncludeBounds>) =>
      findIncluded('**/*.yaml', directory, signal, { files: 10, directories: 10, timeMs: 10_000, ...bounds });
    expect(await find({})).toHaveLength(3);
    await expect(find({ directories: 2 })).rejects.toThrow(
      'leads through more than 2 directories; narrow it',
    );
    await expect(find({ timeMs: 0 })).rejects.toThrow('takes more than 0 seconds to follow; narrow it');
    await expect(find({ files: 2 })).rejects.toThrow('matches more than 2 files; narrow it');
  });

  test('over the whole disk is a problem, and nobody watches what it names', async () => {
    const directory = await writeFiles({ 'sluice.yaml': `include: ["/**/*.yaml"]\n${repository}` });
    const loading = loadConfig(join(directory, 'sluice.yaml'), optionsWith());
    await expect(loading).rejects.toMatchObject({
      message: expect.stringMatching(
        /:1:11: "\/\*\*\/\*\.yaml" (leads through|takes|matches) more than .*; narrow it$/,
      ),
      readFrom: { include: [] },
    });
  });

  test('is left when the signal aborts', async () => {
    const directory = await writeFiles({ 'sluice.yaml': `include: ["/**/*.yaml"]\n${repository}` });
    const stopping = new AbortController();
    const loading = loadConfig(join(directory, 'sluice.yaml'), optionsWith({ signal: stopping.signal }));
    setTimeout(() => stopping.abort(new Error('ended by SIGTERM')), 100);
    await expect(loading).rejects.toThrow('ended by SIGTERM');
  });

  test('that matches nothing, and a file with nothing in it, are warned of', async () => {
    const directory = await writeFiles({
      'sluice.yaml': `include: ["none/*.yaml", a.yaml]\n${repository}`,
      'a.yaml': '# later\n',
    });
    const { warnings } = await loadConfig(join(directory, 'sluice.yaml'), optionsWith());
    expect(warnings.map(formatProblem).map((line) => line.replace(`${directory}/`, ''))).toEqual([
      'sluice.yaml:1:11: "none/*.yaml" matches no file',
      'a.yaml:1:1: the file is empty',
    ]);
  });
});

test('an empty configuration says what to write', async () => {
  const directory = await writeFiles({ 'sluice.yaml': '# nothing yet\n' });
  const { warnings } = await loadConfig(join(directory, 'sluice.yaml'), optionsWith());
  expect(warnings.map(({ message }) => message)).toEqual([
    'the file is empty: write what to watch and what to start, such as "repositories: { npmjs: { plugin: npm, ... } }"; docs/configuration.md has an example',
  ]);
});
