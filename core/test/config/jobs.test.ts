import { describe, expect, test } from 'vitest';
import { load, problemsOf, repository } from './load.ts';

/** A configuration with these jobs, each on a line of its own from line 11. */
const withJobs = (...jobs: readonly string[]) => `${repository}pipelines:
  p:
    materials: [{ package: main/web }]
    stages:
      - name: s
        jobs:
${jobs.map((job) => `          ${job}\n`).join('')}`;
const lineOf = withJobs().split('\n').length;

/** What is wrong with one job, without the line. */
const problemsWith = async (job: string) =>
  (await problemsOf(withJobs(`j: ${job}`))).map((problem) => problem.replace(/^\d+:\d+: /, ''));

describe('a job', () => {
  test('that is a build elsewhere keeps its settings as they are written', async () => {
    const config = await load(
      withJobs(
        'a: { github: { repository: acme/shop, workflow: d.yaml, ref: main, token: "${env:TOKEN}", inputs: { v: $GO_X } }, timeout: 2h, onDoubt: restart }',
        'b: { jenkins: { url: "https://j.example.com/ci", job: a/b, user: u, token: "${env:TOKEN}" } }',
      ),
    );
    const common = { secrets: [], timeoutMs: 3_600_000, onDoubt: 'fail' };
    expect(config.pipelines.get('p')?.stages[0]?.jobs).toEqual([
      {
        ...common,
        name: 'a',
        kind: 'github',
        timeoutMs: 7_200_000,
        onDoubt: 'restart',
        settings: {
          repository: 'acme/shop',
          workflow: 'd.yaml',
          ref: 'main',
          token: '${env:TOKEN}',
          inputs: { v: '$GO_X' },
        },
      },
      {
        ...common,
        name: 'b',
        kind: 'jenkins',
        settings: { url: 'https://j.example.com/ci', job: 'a/b', user: 'u', token: '${env:TOKEN}' },
      },
    ]);
  });

  test('that runs a command may say how', async () => {
    const config = await load(
      withJobs(
        'j: { run: "true", cwd: sub, shell: bash, user: nobody, passEnvironment: [TZ], outputLimit: 1MB }',
      ),
    );
    const how = {
      cwd: 'sub',
      shell: 'bash',
      user: 'nobody',
      passEnvironment: ['TZ'],
      outputLimit: 1_048_576,
    };
    expect(config.pipelines.get('p')?.stages[0]?.jobs[0]).toMatchObject(how);
  });

  test.each([
    [
      '{ webhook: { url: "https://x/" }, cwd: a, user: b }',
      ['"cwd" belongs to jobs', '"user" belongs to jobs'],
    ],
    [
      '{ run: "true", passEnvironment: [GO_X, "1a"] }',
      ['"GO_X" can be set by nobody but Sluice', 'passEnvironment[1]: "1a" is not a name'],
    ],
    [
      '{ webhook: { url: "https://x/", clientCert: /nowhere/c.pem } }',
      ['cannot be read', 'clientCert and clientKey are needed together'],
    ],
    [
      '{ github: { repository: a/b, workflow: w, token: t } }',
      ['github: needs "ref" (workflow_dispatch) or "event"'],
    ],
    [
      '{ github: { repository: a/b, workflow: w, ref: m, event: e, token: t } }',
      ['github: needs "ref" (workflow_dispatch) or "event"'],
    ],
    ['{ github: { repository: a/b, workflow: w, ref: m } }', ['github: needs "token" or "app"']],
    [
      '{ github: { repository: shop, workflow: w, ref: m, token: t } }',
      ['repository: "shop" is not a repository: OWNER/NAME'],
    ],
    ['{ gitlab: { project: a, ref: m, token: t } }', ['gitlab: "triggerToken" is missing']],
    ['{ jenkins: { job: a, user: u, token: t } }', ['jenkins: "url" is missing']],
    ['{ gocd: { url: "ftp://x", pipeline: p, token: t } }', ['url: "ftp://x" is not an http or https URL']],
    [
      '{ azure: { organization: o, project: p, pipeline: seven, token: t } }',
      ['pipeline: a whole number is expected'],
    ],
    [
      '{ buildkite: { organization: o, pipeline: p, branch: m, tokn: t } }',
      ['unknown key "tokn"; did you mean "token"?'],
    ],
    [
      '{ buildkite: { organization: o, pipeline: p, branch: m, token: 5 } }',
      ['text is expected, not a number'],
    ],
    [
      '{ buildkite: { organization: o, pipeline: p, branch: m, token: t, env: { "a b": c } } }',
      ['"a b" is not a name of a parameter'],
    ],
    ['{ run: "true", outputLimit: much }', ['outputLimit: "much" is not a size']],
  ])('%s is refused in words', async (job, words) => {
    const problems = await problemsWith(job);
    for (const [index, word] of words.entries())
      expect(problems.toSorted().join('\n')).toContain(word ?? index);
    expect(problems).toHaveLength(words.length);
  });

  test('takes no more inputs than GitHub does', async () => {
    const inputs = Array.from({ length: 25 }, (_, index) => `i${index}: v`).join(', ');
    const job = `{ github: { repository: a/b, workflow: w, ref: m, token: t, inputs: { ${inputs} } } }`;
    expect(await problemsWith(job)).toEqual(['inputs: takes at most 24']);
  });

  test('with a literal token of the wrong form does not show it', async () => {
    const problems = await problemsWith(
      '{ buildkite: { organization: o, pipeline: p, branch: m, token: [s3cret-token] } }',
    );
    expect(problems.join()).not.toContain('s3cret-token');
  });

  test('is placed where it is written', async () => {
    const problems = await problemsOf(withJobs('ok: { run: "true" }', 'j: { run: "true", github: {} }'));
    expect(problems[0]).toMatch(new RegExp(`^${lineOf + 1}:\\d+: `));
  });
});
