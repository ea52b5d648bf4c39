import { resolve as resolvePath } from 'node:path';
import type { Resolve } from './build-pipeline.ts';
import { defaults } from './defaults.ts';
import { parseDuration } from './duration.ts';
import type { JobConfig, RemoteJob, RemoteKindName, RunJob, TlsFiles, WebhookJob } from './jobs.ts';
import type { RawJob } from './raw-config.ts';
import { parseSize } from './size.ts';

/** What building a job needs of the configuration. */
export interface JobOrigin {
  /** Relative paths of files start here. */
  readonly directory: string;
  /** Fills in a text that everything else sees filled in. */
  readonly resolve: Resolve;
}

type Common = Pick<JobConfig, 'name' | 'timeoutMs' | 'secrets'>;

/** A job as everything else sees it, from one that has no mistake. */
export function buildJob(name: string, raw: RawJob, origin: JobOrigin): JobConfig {
  const { timeout, secrets = [], webhook, onDoubt } = raw;
  const { resolve } = origin;
  const common = {
    name,
    timeoutMs: parseDuration(resolve(timeout ?? defaults.timeout)),
    secrets: secrets.map(resolve),
  };
  if (webhook) return buildWebhook(common, { ...raw, webhook }, origin);
  return (
    buildRemote({ ...common, onDoubt: onDoubt ?? defaults.onDoubt.remote }, raw) ??
    buildRun(common, raw, origin)
  );
}

function buildRun(common: Common, raw: RawJob, { resolve }: JobOrigin): RunJob {
  const { run, cwd, shell, user, passEnvironment, outputLimit, onDoubt } = raw;
  return {
    ...common,
    kind: 'run',
    onDoubt: onDoubt ?? defaults.onDoubt.run,
    command: run ?? '',
    ...(cwd !== undefined && { cwd: resolve(cwd) }),
    ...(shell !== undefined && { shell: resolve(shell) }),
    ...(user !== undefined && { user: resolve(user) }),
    ...(passEnvironment && { passEnvironment: passEnvironment.map(resolve) }),
    ...(outputLimit !== undefined && { outputLimit: parseSize(resolve(outputLimit)) }),
  };
}

function buildWebhook(
  common: Common,
  { webhook, onDoubt }: RawJob & { readonly webhook: NonNullable<RawJob['webhook']> },
  { directory, resolve }: JobOrigin,
): WebhookJob {
  const pathOf = (file: string | undefined) =>
    file === undefined ? undefined : resolvePath(directory, resolve(file));
  const { url, secret, wait } = webhook;
  const tls: TlsFiles = {
    clientCert: pathOf(webhook.clientCert),
    clientKey: pathOf(webhook.clientKey),
    ca: pathOf(webhook.ca),
  };
  return {
    ...common,
    kind: 'webhook',
    onDoubt: onDoubt ?? defaults.onDoubt.webhook,
    url,
    secret,
    ...(wait && { wait }),
    ...(Object.values(tls).some((file) => file !== undefined) && { tls }),
  };
}

/** What is written is what the kind is given: its texts stay templates. */
function buildRemote(common: Omit<RemoteJob, 'kind' | 'settings'>, raw: RawJob): RemoteJob | undefined {
  const { github, gitlab, jenkins, gocd, azure, buildkite } = raw;
  const kinds: { readonly [K in RemoteKindName]: () => Extract<RemoteJob, { kind: K }> | undefined } = {
    github: () => github && { ...common, kind: 'github', settings: github },
    gitlab: () => gitlab && { ...common, kind: 'gitlab', settings: gitlab },
    jenkins: () => jenkins && { ...common, kind: 'jenkins', settings: jenkins },
    gocd: () => gocd && { ...common, kind: 'gocd', settings: gocd },
    azure: () => azure && { ...common, kind: 'azure', settings: azure },
    buildkite: () => buildkite && { ...common, kind: 'buildkite', settings: buildkite },
  };
  return Object.values(kinds)
    .map((build) => build())
    .find((job) => job !== undefined);
}
