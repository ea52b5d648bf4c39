import type { RemoteJob } from '../../../src/config/jobs.ts';
import type { Call, Vendor } from './build-server.ts';
import { azureVendor } from './vendors/azure.ts';
import { buildkiteVendor } from './vendors/buildkite.ts';
import { githubVendor } from './vendors/github.ts';
import { gitlabVendor } from './vendors/gitlab.ts';
import { gocdVendor } from './vendors/gocd.ts';
import { jenkinsVendor } from './vendors/jenkins.ts';

/**
 * What the shared tests know of one way to start a build elsewhere; one row of them is all that another kind
 * needs there.
 */
export interface KindRow {
  readonly title: string;
  readonly vendor: Vendor;
  describe(url: string, token?: string): Pick<RemoteJob, 'kind' | 'settings'>;
  /** Whether a request asks for a build. */
  isStart(call: Call): boolean;
  /** Whether the server can say for certain that there is no build with a key. */
  readonly canSayAbsent: boolean;
  /** What goes along where the job chooses nothing. */
  readonly told: (environment: Readonly<Record<string, string>>, key: string) => unknown;
}

const isPost = (call: Call, ending: string) => call.method === 'POST' && call.path.endsWith(ending);

export const kindRows: readonly KindRow[] = [
  {
    title: 'github, by workflow_dispatch',
    vendor: githubVendor,
    describe: (url, token = 'a-token') => ({
      kind: 'github',
      settings: { url, repository: 'acme/shop', workflow: 'deploy.yaml', ref: 'main', token },
    }),
    isStart: (call) => isPost(call, '/dispatches'),
    canSayAbsent: true,
    told: (environment, key) => ({ environment: JSON.stringify(environment), SLUICE_IDEMPOTENCY_KEY: key }),
  },
  {
    title: 'github, by repository_dispatch',
    vendor: githubVendor,
    describe: (url, token = 'a-token') => ({
      kind: 'github',
      settings: { url, repository: 'acme/shop', workflow: 'deploy.yaml', event: 'published', token },
    }),
    isStart: (call) => isPost(call, '/dispatches'),
    canSayAbsent: true,
    told: (environment, key) => ({ environment, SLUICE_IDEMPOTENCY_KEY: key }),
  },
  {
    title: 'gitlab',
    vendor: gitlabVendor,
    describe: (url, token = 'a-token') => ({
      kind: 'gitlab',
      settings: {
        url,
        project: 'acme/shop',
        ref: 'main',
        triggerToken: token === 'a-token' ? 'a-trigger-token' : token,
        token,
      },
    }),
    isStart: (call) => isPost(call, '/trigger/pipeline'),
    canSayAbsent: true,
    told: (environment, key) => ({ ...environment, SLUICE_IDEMPOTENCY_KEY: key }),
  },
  {
    title: 'jenkins',
    vendor: jenkinsVendor,
    describe: (url, token = 'a-token') => ({
      kind: 'jenkins',
      settings: { url, job: 'acme/shop', user: 'sluice', token },
    }),
    isStart: (call) => isPost(call, '/buildWithParameters'),
    canSayAbsent: true,
    told: (environment, key) => ({ ...environment, SLUICE_IDEMPOTENCY_KEY: key }),
  },
  {
    title: 'gocd',
    vendor: gocdVendor,
    describe: (url, token = 'a-token') => ({
      kind: 'gocd',
      settings: { url: `${url}/go`, pipeline: 'deploy', token },
    }),
    isStart: (call) => isPost(call, '/schedule'),
    canSayAbsent: false,
    told: (_environment, key) => [{ name: 'SLUICE_IDEMPOTENCY_KEY', value: key, secure: false }],
  },
  {
    title: 'azure',
    vendor: azureVendor,
    describe: (url, token = 'a-token') => ({
      kind: 'azure',
      settings: { url, organization: 'acme', project: 'shop', pipeline: 7, token },
    }),
    isStart: (call) => isPost(call, '/runs'),
    canSayAbsent: true,
    told: (environment, key) => ({ environment: JSON.stringify(environment), SLUICE_IDEMPOTENCY_KEY: key }),
  },
  {
    title: 'buildkite',
    vendor: buildkiteVendor,
    describe: (url, token = 'a-token') => ({
      kind: 'buildkite',
      settings: { url, organization: 'acme', pipeline: 'shop', branch: 'main', token },
    }),
    isStart: (call) => isPost(call, '/builds'),
    canSayAbsent: true,
    told: (environment, key) => ({ ...environment, SLUICE_IDEMPOTENCY_KEY: key }),
  },
];
