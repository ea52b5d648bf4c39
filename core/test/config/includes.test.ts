import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
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
    const config = await loadConfig(join(directory, 'sluice.yaml'), optionsWith({ environment: { DIR: 'named' } }));
    expect([...config.repositories.keys()]).toEqual(['main', 'a', 'b']);
    expect([...config.pipelines.keys()]).toEqual(['c']);
    expect(config.timezone).toBe('Europe/Paris');
    expect(config.files).toEqual(
      ['sluice.yaml', 'conf.d/a.yaml', 'conf.d/deep/b.yaml', 'named/c.yaml', 'one.yml'].map((file) => join(directory, file)),
    );
    expect(config.include).toEqual(['conf.d/**/*.yaml', 'one.yml', 'named/*.yaml'].map((pattern) => join(directory, pattern)));
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
        'a.yaml': 'include: [b.yaml]\nrepositories:\n  a: { plugin: shelf, pol: {} }\nservr: 1\npipelines: []\n',
      }),
    ).toEqual([
      'a.yaml:1:1: "include" belongs into sluice.yaml alone',
      'a.yaml:3:23: a: unknown key "pol"; did you mean "poll"?',
      'a.yaml:4:1: unknown key "servr"; did you mean "server"?',
      'a.yaml:5:12: pipelines: a mapping is expected, not a list',
      '1:19: "missing.yaml" does not exist',
    ]);
  });

  test('that is broken is not all that is reported', async () => {
    expect(await problemsIn({ 'sluice.yaml': 'include: [a.yaml]\nminFree: 1\n', 'a.yaml': 'a: "x\n' })).toEqual([
      'a.yaml:2:1: YAML: Missing closing "quote',
      '2:10: minFree: a size: 512MB or 1GB is expected, not 1',
    ]);
  });
});
