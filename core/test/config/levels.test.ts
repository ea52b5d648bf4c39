import { describe, expect, it } from 'vitest';
import { findDeployment } from '../../src/config/deployment.ts';
import { load, problemsOf, repository } from './load.ts';

const jobs = 'jobs: { j: { run: "true" } }';
const two = `${repository}levels: [test, production]
pipelines:
  build:
    materials: [{ package: main/web }]
    stages: [{ name: test, ${jobs} }, { name: roll-out, level: production, deploys: [main/web], ${jobs} }]
  release:
    materials: [{ pipeline: build }]
    stages: [{ name: sign-off, ${jobs} }, { name: production, ${jobs} }]
`;

describe('levels', () => {
  it('are where the stages stand that say so, or are named like one', async () => {
    const config = await load(two);
    expect(config.levels).toEqual(['test', 'production']);
    expect(findDeployment(config, 'build', 'test')).toEqual({ level: 'test', packages: ['main/web'] });
    expect(findDeployment(config, 'build', 'roll-out')?.level).toBe('production');
    expect(findDeployment(config, 'release', 'sign-off')).toBeUndefined();
    expect(findDeployment(config, 'release', 'gone')).toBeUndefined();
  });

  it('are occupied by all behind a pipeline that lists no package itself', async () => {
    const config = await load(two);
    expect(findDeployment(config, 'release', 'production')?.packages).toEqual(['main/web']);
  });

  it('are warned of, where two pipelines deploy one package there and one of them does not say so', async () => {
    const { warnings } = await load(two);
    expect(warnings.map(({ message }) => message)).toEqual([
      'this and pipeline "build" both deploy main/web at level "production"; say in both what they deploy, by deploys:',
    ]);
    const said = two.replace('name: production,', 'name: production, deploys: [main/web],');
    expect((await load(said)).warnings).toEqual([]);
  });

  it('are known, and so is what is deployed there', async () => {
    const stages = [
      `{ name: a, level: prodution, ${jobs} }`,
      `{ name: b, deploys: [main/web], ${jobs} }`,
      `{ name: c, level: production, deploys: [main/wbe], ${jobs} }`,
    ];
    const problems = await problemsOf(`${repository}levels: [production, production, { name: test }]
pipelines:
  p:
    materials: [{ package: main/web }]
    stages:
    - ${stages.join('\n    - ')}
`);
    expect(problems.map((problem) => problem.replace(/^\d+:\d+: /, ''))).toEqual([
      'levels: item 2 is there twice',
      expect.stringContaining('is expected, not a mapping'),
      'levels: has no "prodution" (did you mean "production"?); add it there',
      'deploys: the stage stands at no level; say at which, by level:',
      'repository "main" has no package "wbe" (did you mean "web"?)',
    ]);
  });

  it('take no package that is not behind the pipeline', async () => {
    const config = `${repository}      lib: { config: { name: lib } }
levels: [production]
pipelines:
  p:
    materials: [{ package: main/web }]
    stages: [{ name: production, deploys: [main/lib], ${jobs} }]
`;
    expect(await problemsOf(config)).toEqual([
      expect.stringContaining('"main/lib" is not behind this pipeline; behind it: main/web'),
    ]);
  });
});
