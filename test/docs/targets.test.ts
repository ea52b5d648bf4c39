import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../core/src/config/load-config.ts';
import { optionsWith, writeFiles } from '../../core/test/config/load.ts';

const text = await readFile(join(import.meta.dirname, '../../docs/targets.md'), 'utf8');
const examples = [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, example = '']) => example);
const variables = [...text.matchAll(/\$\{env:([A-Z_]+)\}/g)].map(
  ([, name = '']) => [name, 'a-value'] as const,
);
const files = ['github-app.pem', 'client.pem', 'client-key.pem', 'their-ca.pem'];

/** The example where it belongs: under `jobs:`. */
function wrap(example: string): string {
  const jobs = example.replaceAll(/^(?=.)/gm, '          ');
  return `
repositories:
  npmjs: { plugin: shelf, packages: { fastify: { config: { name: fastify } } } }
pipelines:
  acceptance:
    materials: [{ package: npmjs/fastify, as: FASTIFY }]
    stages:
      - name: smoke
        jobs:
${jobs}`;
}

describe('docs/targets.md', () => {
  it.each(examples)('shows a job that is valid: %s', async (example) => {
    const directory = await writeFiles({
      'sluice.yaml': wrap(example),
      ...Object.fromEntries(files.map((file) => [file, 'x'])),
    });
    const environment = Object.fromEntries(variables);
    const config = await loadConfig(join(directory, 'sluice.yaml'), optionsWith({ environment }));
    expect(config.pipelines.get('acceptance')?.stages[0]?.jobs).toHaveLength(1);
  });

  it('has an example of every kind', async () => {
    const kinds = examples.map((example) => /^ {2}(\w+):/m.exec(example)?.[1]);
    expect(new Set(kinds)).toEqual(
      new Set(['run', 'webhook', 'github', 'gitlab', 'jenkins', 'gocd', 'azure', 'buildkite']),
    );
  });
});
