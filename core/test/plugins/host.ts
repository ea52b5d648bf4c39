import { afterEach } from 'vitest';
import { slowness } from '../../../test/support/slowness.ts';
import type { RepositoryConfig } from '../../src/config/config.ts';
import { createPluginHost } from '../../src/plugins/host.ts';
import type { PluginHostOptions } from '../../src/plugins/host-options.ts';
import type { Answer, AskedPackage, PluginHost } from '../../src/plugins/plugin-host.ts';
import type { PluginLogLine } from '../../src/plugins/words.ts';
import { fixture } from './asking.ts';

const open: PluginHost[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host.close()));
});

/** How long a plugin may be silent, in milliseconds: no longer than tests like to wait. */
export const silenceMs = Math.round(4000 * slowness);

/** A host with what it said; closed after the test. */
export interface TestHost {
  readonly host: PluginHost;
  readonly log: readonly PluginLogLine[];
  readonly restarts: readonly string[];
}

/** Hosts fixtures, with limits that a test can wait for. */
export async function hostFixtures(
  fixtures: readonly string[],
  options: Partial<PluginHostOptions> = {},
): Promise<TestHost> {
  const log: PluginLogLine[] = [];
  const restarts: string[] = [];
  const secrets = new Set<string>();
  const host = await createPluginHost({
    plugins: fixtures.map(fixture),
    directory: import.meta.dirname,
    limits: { silenceMs, totalMs: 10 * silenceMs, memoryBytes: 256 * 1_048_576 },
    http: { proxy: undefined, noProxy: [], ca: undefined, concurrencyPerHost: 16 },
    resolve: (template) => template.replaceAll('${env:TOKEN}', 'hunter2-hunter2'),
    mask: (text) => [...secrets].reduce((shown, secret) => shown.replaceAll(secret, '[secret]'), text),
    learnSecret: (value) => secrets.add(value),
    log: (line) => log.push(line),
    environment: {},
    onRestart: (_plugin, reason) => restarts.push(reason),
    ...options,
  });
  open.push(host);
  return { host, log, restarts };
}

/** Every answer of a poll. */
export function poll(
  { host }: TestHost,
  asked: RepositoryConfig,
  packages: readonly AskedPackage[],
  signal: AbortSignal = new AbortController().signal,
): Promise<Answer[]> {
  return Array.fromAsync(host.poll(asked, packages, { signal, cursor: undefined }));
}
