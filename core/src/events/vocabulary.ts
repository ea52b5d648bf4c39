import type { EventType } from '../config/event-types.ts';
import type { RecordedEvent } from '../store/events.ts';
import { type EventData, textOf } from './event-data.ts';
import { linkJob, linkRun } from './links.ts';
import { toPackageUrl } from './package-url.ts';

/** The version of the CDEvents specification that these words are from. */
export const cdEventsVersion = '0.5.1';

/** A CDEvent's own word for what happened, and what the specification wants said of the subject. */
interface CdEventWord {
  readonly standard: 'cdevents';
  readonly type: `dev.cdevents.${string}`;
  subjectId(event: RecordedEvent): string;
  content(data: EventData, base: string): Readonly<Record<string, unknown>>;
}

/** A word of Sluice, where CDEvents has none. */
interface OwnWord {
  readonly standard: 'none';
  readonly type: `dev.sluice.${string}`;
  subjectId(event: RecordedEvent): string;
}

const ownSubject = ({ subject }: RecordedEvent) => subject;
const artifact = ({ data }: RecordedEvent) => toPackageUrl(data);

const own = (type: `dev.sluice.${string}`, subjectId = ownSubject): OwnWord => ({
  standard: 'none',
  type,
  subjectId,
});

function word(
  type: `dev.cdevents.${string}`,
  content: CdEventWord['content'],
  subjectId: CdEventWord['subjectId'] = ownSubject,
): CdEventWord {
  return { standard: 'cdevents', type, subjectId, content };
}

const describeRun: CdEventWord['content'] = (data, base) => ({
  pipelineName: textOf(data, 'pipeline'),
  uri: linkRun(base, data),
});

const describeJob: CdEventWord['content'] = (data, base) => ({
  taskName: textOf(data, 'job'),
  uri: linkJob(base, data),
  pipelineRun: { id: `${textOf(data, 'pipeline')}/${textOf(data, 'counter')}` },
});

const outcomes: Readonly<Record<string, string>> = {
  passed: 'success',
  failed: 'failure',
  cancelled: 'cancel',
};

const describeOutcome = (data: EventData) => {
  const message = textOf(data, 'message');
  return { outcome: outcomes[textOf(data, 'status')] ?? 'error', ...(message !== '' && { errors: message }) };
};

/**
 * What each event is called outside: with the word of CDEvents where it has one, and with one of Sluice's own
 * where it has none. A stage is neither a run nor a task, so that tasks are not counted twice.
 */
export const vocabulary: Readonly<Record<EventType, CdEventWord | OwnWord>> = {
  'artifact.published': word('dev.cdevents.artifact.published.0.3.0', () => ({}), artifact),
  'artifact.republished': own('dev.sluice.artifact.republished', artifact),
  'artifact.withdrawn': own('dev.sluice.artifact.withdrawn', artifact),
  'repository.failing': own('dev.sluice.repository.failing'),
  'repository.recovered': own('dev.sluice.repository.recovered'),
  'pipelinerun.queued': word('dev.cdevents.pipelinerun.queued.0.3.0', describeRun),
  'pipelinerun.started': word('dev.cdevents.pipelinerun.started.0.3.0', describeRun),
  'pipelinerun.finished': word('dev.cdevents.pipelinerun.finished.0.3.0', (data, base) => ({
    ...describeRun(data, base),
    ...describeOutcome(data),
  })),
  'stage.started': own('dev.sluice.stage.started'),
  'stage.finished': own('dev.sluice.stage.finished'),
  'stage.waiting': own('dev.sluice.stage.waiting'),
  'taskrun.started': word('dev.cdevents.taskrun.started.0.3.0', describeJob),
  'taskrun.finished': word('dev.cdevents.taskrun.finished.0.3.0', (data, base) => ({
    ...describeJob(data, base),
    ...describeOutcome(data),
  })),
  'configuration.loaded': own('dev.sluice.configuration.loaded'),
  'configuration.refused': own('dev.sluice.configuration.refused'),
};
