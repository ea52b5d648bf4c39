import type { RecordedEvent } from '../store/events.ts';
import { type EventData, textOf } from './event-data.ts';

const encode = (data: EventData, key: string) => encodeURIComponent(textOf(data, key));

/** A run in the API. `base` ends in a slash. */
export function linkRun(base: string, data: EventData): string {
  return `${base}api/v1/pipelines/${encode(data, 'pipeline')}/runs/${encode(data, 'counter')}`;
}

/** The log of a job in the API. */
export function linkJob(base: string, data: EventData): string {
  return `${linkRun(base, data)}/stages/${encode(data, 'stage')}/jobs/${encode(data, 'job')}/log`;
}

/** What an event is about, in the API. */
export function linkSubject(base: string, { type, data }: Pick<RecordedEvent, 'type' | 'data'>): string {
  const [family] = type.split('.');
  if (family === 'artifact') {
    const [repository = '', name = ''] = textOf(data, 'package').split('/').map(encodeURIComponent);
    return `${base}api/v1/repositories/${repository}/packages/${name}/revisions`;
  }
  if (family === 'repository') return `${base}api/v1/repositories/${encode(data, 'repository')}`;
  if (family === 'configuration') return `${base}api/v1/configuration`;
  return family === 'taskrun' ? linkJob(base, data) : linkRun(base, data);
}
