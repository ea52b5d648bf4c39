import type { EventType } from '../../src/config/event-types.ts';
import type { RecordedEvent } from '../../src/store/events.ts';

const artifact = {
  package: 'npmjs/fastify',
  version: '5.2.1',
  digest: 'sha512:ab12',
  purl: 'pkg:npm/fastify@5.2.1',
  location: 'https://registry.example.com/fastify-5.2.1.tgz',
};
const run = { pipeline: 'acceptance', counter: 17, label: '17-5.2.1' };
const stage = { ...run, stage: 'smoke', stageCounter: 1 };
const job = { pipeline: 'acceptance', counter: 17, stage: 'smoke', job: 'install' };

/** What each type of event says, as core writes it. */
const data: Readonly<Record<EventType, RecordedEvent['data']>> = {
  'artifact.published': { ...artifact, returned: false },
  'artifact.republished': artifact,
  'artifact.withdrawn': artifact,
  'repository.failing': { repository: 'npmjs', code: 'UNAUTHORIZED', message: 'The token was refused' },
  'repository.recovered': { repository: 'npmjs' },
  'pipelinerun.queued': { ...run, status: 'pending' },
  'pipelinerun.started': { ...run, status: 'running' },
  'pipelinerun.finished': { ...run, status: 'failed' },
  'stage.started': { ...stage, status: 'running' },
  'stage.finished': { ...stage, status: 'cancelled' },
  'stage.waiting': { ...stage, status: 'waiting' },
  'taskrun.started': job,
  'taskrun.finished': { ...job, status: 'failed', exitCode: 3, message: 'it ended with exit code 3' },
  'configuration.loaded': { file: '/srv/sluice.yaml' },
  'configuration.refused': { problems: ['sluice.yaml:1:1: a', 'sluice.yaml:2:1: b'] },
};

const subjects: Readonly<Record<string, string>> = {
  artifact: 'npmjs/fastify',
  repository: 'npmjs',
  pipelinerun: 'acceptance/17',
  stage: 'acceptance/17/smoke',
  taskrun: 'acceptance/17/smoke/install',
  configuration: 'aa55',
};

/** An event of a type, as it is in the outbox. */
export function sampleOf(type: EventType, changes: RecordedEvent['data'] = {}): RecordedEvent {
  const at = Date.parse('2026-11-25T10:00:00Z');
  return {
    id: 42,
    at,
    type,
    subject: subjects[type.split('.')[0] ?? ''] ?? '',
    data: { ...data[type], ...changes },
  };
}
