import { CloudEvent } from 'cloudevents';
import type { RecordedEvent } from '../store/events.ts';
import { nameEvent, type Origin } from './origin.ts';
import { cdEventsVersion, vocabulary } from './vocabulary.ts';

/**
 * An event as a CloudEvent 1.0. What CDEvents has a word for is in its structured content mode: its `data` is
 * the whole CDEvent, with our own data as `customData`; of other events it is our own data alone.
 */
export function toCloudEvent(event: RecordedEvent, origin: Origin): CloudEvent<unknown> {
  const word = vocabulary[event.type];
  const id = nameEvent(event.id, origin);
  const { source, base } = origin;
  const { type } = word;
  const subject = word.subjectId(event);
  const time = new Date(event.at).toISOString();
  const attributes = { id, source, type, subject, time };
  if (word.standard === 'none') {
    return new CloudEvent({ ...attributes, datacontenttype: 'application/json', data: { ...event.data } });
  }
  const data = {
    context: { specversion: cdEventsVersion, id, source, type, timestamp: time },
    subject: { id: subject, source, content: word.content(event.data, base) },
    customData: event.data,
    customDataContentType: 'application/json',
  };
  return new CloudEvent({ ...attributes, datacontenttype: 'application/cdevents+json', data });
}
