import type { EventType } from '../config/event-types.ts';
import type { RecordedEvent } from '../store/events.ts';
import { type EventData, textOf } from './event-data.ts';

type Describe = (data: EventData) => string;

const revision: Describe = (data) => `${textOf(data, 'package')} ${textOf(data, 'version')}`;
const run: Describe = (data) => `${textOf(data, 'pipeline')}/${textOf(data, 'counter')}`;
const labelled: Describe = (data) => `${run(data)} (${textOf(data, 'label')})`;
const stage: Describe = (data) => `${run(data)}/${textOf(data, 'stage')}`;
const job: Describe = (data) => `${stage(data)}/${textOf(data, 'job')}`;
const because = (reason: string) => (reason === '' ? '' : `: ${reason}`);

const sentences: Readonly<Record<EventType, Describe>> = {
  'artifact.published': (data) =>
    `${revision(data)} ${data['returned'] === true ? 'is there again' : 'was published'}`,
  'artifact.republished': (data) =>
    `${revision(data)} was published again with other bytes; acknowledge them or find out why`,
  'artifact.withdrawn': (data) => `${revision(data)} was withdrawn`,
  'repository.failing': (data) =>
    `${textOf(data, 'repository')} is failing: ${textOf(data, 'code')}${because(textOf(data, 'message'))}`,
  'repository.recovered': (data) => `${textOf(data, 'repository')} works again`,
  'pipelinerun.queued': (data) => `${labelled(data)} is queued`,
  'pipelinerun.started': (data) => `${labelled(data)} has started`,
  'pipelinerun.finished': (data) => `${labelled(data)} has ${endedAs(data)}`,
  'stage.started': (data) => `${stage(data)} has started`,
  'stage.finished': (data) => `${stage(data)} has ${endedAs(data)}`,
  'stage.waiting': (data) => `${stage(data)} waits for an approval`,
  'taskrun.started': (data) => `${job(data)} has started`,
  'taskrun.finished': (data) => `${job(data)} has ${endedAs(data)}${because(textOf(data, 'message'))}`,
  'configuration.loaded': (data) => `${textOf(data, 'file')} was loaded and is in force`,
  'configuration.refused': (data) =>
    `the configuration is invalid, the one before runs on${because(firstOf(data['problems']))}`,
};

function endedAs(data: EventData): string {
  const status = textOf(data, 'status');
  return status === 'cancelled' ? 'been cancelled' : status;
}

function firstOf(problems: unknown): string {
  if (!Array.isArray(problems) || problems.length === 0) return '';
  const more = problems.length - 1;
  return `${problems[0]}${more === 0 ? '' : ` (and ${more} more)`}`;
}

/** An event in one sentence, for people. */
export function describeEvent({ type, data }: Pick<RecordedEvent, 'type' | 'data'>): string {
  return sentences[type](data);
}
