import { describe, expect, it } from 'vitest';
import type { RunJob } from '../../src/config/jobs.ts';
import { buildEnvironment, type Resolve, SecretMissing } from '../../src/engine/jobs/job-environment.ts';
import type { JobFacts } from '../../src/store/job-facts.ts';
import type { PackagePin } from '../../src/store/runs.ts';
import { makeConfig, makePipeline, runJob } from './configs.ts';

const revision: PackagePin['revision'] = {
  id: 1,
  packageId: 1,
  version: '1.2.3',
  state: 'published',
  standing: 'ok',
  digest: 'sha512:ab',
  edition: 0,
  rank: 0,
  location: 'https://registry.example.com/a-1.2.3.tgz',
  publishedAt: null,
  publisher: null,
  comment: null,
  trackbackUrl: null,
  purl: 'pkg:npm/a@1.2.3',
  data: { ARCH: 'x86_64', NAME: 'not this one', LABEL: 'nor this', LOCATION: 'nor that' },
};
const pin: PackagePin = {
  repository: 'npmjs',
  package: 'a',
  as: 'NPMJS_A',
  revision,
  repositoryConfig: { url: 'https://${env:HOST}/', proxyPort: 8080, gpgKey: 'k' },
  packageConfig: { name: 'a', groupId: 'g', prereleases: false },
  changed: true,
};

function makeFacts(job: Partial<RunJob> = {}, environment: Record<string, string> = {}): JobFacts {
  return {
    attempt: { id: 1, number: 1, key: 'key-1', memory: null },
    jobId: 1,
    startedAt: 1,
    job: runJob('install', job),
    stage: { id: 1, name: 'smoke', counter: 2, position: 0 },
    run: {
      id: 1,
      pipelineId: 1,
      pipeline: 'p',
      counter: 17,
      label: '17-1.2.3',
      definition: makePipeline('p', { environment: { TARGET: 'uat', API: '${env:API}' } }),
      environment,
      pins: [pin],
    },
  };
}

const values: Readonly<Record<string, string>> = {
  '${env:HOST}': 'r.example.com',
  '${env:API}': 'abcd',
  '${env:TOKEN}': 's3cret',
};
const resolve: Resolve = (template, learn) =>
  template.replaceAll(/\$\{env:[A-Z]+\}/g, (reference) => {
    const value = values[reference] ?? '';
    learn(value);
    return value;
  });
const sources = {
  config: makeConfig([]),
  resolve,
  server: {
    PATH: '/usr/bin',
    HOME: '/root',
    LANG: 'C.UTF-8',
    SECRET_OF_THE_SERVER: 'x',
    NODE_OPTIONS: '--inspect',
  },
};

describe("a job's environment", () => {
  it('is what SURFACE section 5 says, and nothing else', () => {
    expect(buildEnvironment(makeFacts(), sources).environment).toEqual({
      PATH: '/usr/bin',
      HOME: '/root',
      LANG: 'C.UTF-8',
      TARGET: 'uat',
      API: 'abcd',
      GO_PACKAGE_NPMJS_A_LABEL: '1.2.3',
      GO_PACKAGE_NPMJS_A_LOCATION: 'https://registry.example.com/a-1.2.3.tgz',
      GO_PACKAGE_NPMJS_A_NAME: 'a',
      GO_PACKAGE_NPMJS_A_GROUP_ID: 'g',
      GO_PACKAGE_NPMJS_A_PRERELEASES: 'false',
      GO_PACKAGE_NPMJS_A_ARCH: 'x86_64',
      GO_REPO_NPMJS_A_URL: 'https://r.example.com/',
      GO_REPO_NPMJS_A_PROXY_PORT: '8080',
      GO_REPO_NPMJS_A_GPG_KEY: 'k',
      GO_MATERIAL_NPMJS_A_HAS_CHANGED: 'true',
      GO_PIPELINE_NAME: 'p',
      GO_PIPELINE_COUNTER: '17',
      GO_PIPELINE_LABEL: '17-1.2.3',
      GO_STAGE_NAME: 'smoke',
      GO_STAGE_COUNTER: '2',
      GO_JOB_NAME: 'install',
      SLUICE_PACKAGE_NPMJS_A_DIGEST: 'sha512:ab',
      SLUICE_PACKAGE_NPMJS_A_PURL: 'pkg:npm/a@1.2.3',
      SLUICE_IDEMPOTENCY_KEY: 'key-1',
    });
  });

  it('names what must not be readable in the log', () => {
    expect(buildEnvironment(makeFacts(), sources).secrets).toEqual(['abcd', 'r.example.com']);
  });

  it('has what the job is passed of the server, which is masked like a secret', () => {
    const server = { ...sources.server, SSH_AUTH_SOCK: '/run/agent' };
    const job = { passEnvironment: ['SSH_AUTH_SOCK', 'NOT_SET'] };
    const { environment, secrets } = buildEnvironment(makeFacts(job), { ...sources, server });
    expect(environment['SSH_AUTH_SOCK']).toBe('/run/agent');
    expect(environment).not.toHaveProperty('NOT_SET');
    expect(environment).not.toHaveProperty('SECRET_OF_THE_SERVER');
    expect(secrets).toContain('/run/agent');
  });

  it('has a secret of a repository where the job lists it', () => {
    const { environment, secrets } = buildEnvironment(makeFacts({ secrets: ['npmjs.token'] }), sources);
    expect(environment['GO_REPO_NPMJS_A_TOKEN']).toBe('s3cret');
    expect(secrets).toContain('s3cret');
  });

  it('is refused where a listed secret is not to be had', () => {
    expect(() => buildEnvironment(makeFacts({ secrets: ['npmjs.password'] }), sources)).toThrow(
      SecretMissing,
    );
  });

  it('takes what a trigger overrode as it is: references in it are not filled in', () => {
    const { environment } = buildEnvironment(makeFacts({}, { TARGET: '${env:TOKEN}' }), sources);
    expect(environment['TARGET']).toBe('${env:TOKEN}');
  });
});
