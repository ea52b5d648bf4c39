import type { Resolve } from './build-pipeline.ts';
import type { JobConfig } from './config.ts';
import { defaults } from './defaults.ts';
import { parseDuration } from './duration.ts';
import type { RawJob } from './raw-config.ts';

/** A job of a stage, from one that has no mistake. */
export function buildJob(name: string, { run, webhook, timeout, secrets = [], onDoubt }: RawJob, resolve: Resolve): JobConfig {
  const common = { name, timeoutMs: parseDuration(resolve(timeout ?? defaults.timeout)), secrets: secrets.map(resolve) };
  return webhook
    ? { ...common, kind: 'webhook', onDoubt: onDoubt ?? defaults.onDoubt.webhook, url: webhook.url, secret: webhook.secret }
    : { ...common, kind: 'run', onDoubt: onDoubt ?? defaults.onDoubt.run, command: run ?? '' };
}
