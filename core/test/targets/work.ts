import type { RunJob } from '../../src/config/jobs.ts';
import type { RunFacts, Work } from '../../src/targets/target.ts';

export const facts: RunFacts = {
  pipeline: 'acceptance',
  counter: 7,
  label: '7-5.2.1',
  stage: 'smoke',
  stageCounter: 1,
  job: 'install',
  materials: [
    {
      package: 'npmjs/fastify',
      version: '5.2.1',
      digest: 'sha512:ab',
      location: null,
      purl: null,
      changed: true,
    },
  ],
};

export function makeWork(
  command: string,
  changes: Partial<Work<RunJob>> & { readonly timeoutMs?: number } = {},
): Work<RunJob> {
  const { timeoutMs = 60_000, ...rest } = changes;
  const job: RunJob = { kind: 'run', name: 'install', timeoutMs, secrets: [], onDoubt: 'fail', command };
  const environment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
  return {
    key: 'attempt-1',
    job,
    attempt: 1,
    startedAt: Date.now(),
    environment,
    secrets: [],
    run: facts,
    ...rest,
  };
}
