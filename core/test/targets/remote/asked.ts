import nock from 'nock';
import { afterEach, beforeEach } from 'vitest';
import type { RemoteKindName, RemoteSettings } from '../../../src/config/jobs.ts';
import { RemoteHttp } from '../../../src/targets/remote/http.ts';
import type { Order, RemoteServer } from '../../../src/targets/remote/kind.ts';
import { remoteKinds } from '../../../src/targets/remote/kinds.ts';
import { openWires } from '../../../src/targets/wires.ts';
import { wires } from '../wires.ts';

export const now = Date.parse('2026-11-25T12:00:00Z');
export const key = '0b6f3d0e-3c1e-4a55-9a37-5d0a5a1c9f10';

export const order: Order = {
  key,
  title: 'acceptance/7 (7-5.2.1) smoke/deploy',
  chosen: undefined,
  environment: { GO_PACKAGE_FASTIFY_LABEL: '5.2.1' },
};

/** A server as a job uses it; whatever it asks must be expected by nock. */
export async function openServer<K extends RemoteKindName>(
  job: { readonly [P in K]: { readonly kind: P; readonly settings: RemoteSettings[P] } }[K],
  time: { ms: number } = { ms: now },
): Promise<RemoteServer> {
  const kind = remoteKinds[job.kind];
  const http = new RemoteHttp({
    url: job.settings.url ?? kind.url ?? '',
    wires: await openWires(wires, (template) => template),
    now: () => time.ms,
    tryMs: 5_000,
    learnSecret: () => {},
  });
  return kind.open(job.settings, http);
}

/** Nothing is asked but what a test expects, and all of that. */
export function expectExactRequests(): void {
  beforeEach(() => nock.disableNetConnect());
  afterEach(() => {
    const pending = nock.pendingMocks();
    nock.cleanAll();
    nock.enableNetConnect();
    if (pending.length > 0) throw new Error(`was not asked: ${pending.join(', ')}`);
  });
}
