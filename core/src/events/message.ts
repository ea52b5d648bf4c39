import { fillPlaceholders } from '../config/placeholders.ts';
import type { RecordedEvent } from '../store/events.ts';
import { describeEvent } from './describe-event.ts';
import { textOf } from './event-data.ts';
import { linkSubject } from './links.ts';
import { nameEvent, type Origin } from './origin.ts';

/** A template with an event's values filled in; each value is escaped for the medium, what stands around it is not. */
export function writeMessage(
  template: string,
  event: RecordedEvent,
  { origin, escape }: { readonly origin: Origin; readonly escape: (value: string) => string },
): string {
  const values = {
    text: () => describeEvent(event),
    type: () => event.type,
    subject: () => event.subject,
    time: () => new Date(event.at).toISOString(),
    id: () => nameEvent(event.id, origin),
    link: () => linkSubject(origin.base, event),
  };
  return fillPlaceholders(template, (name) => escape(typeof name === 'string' ? values[name]() : textOf(event.data, name.key)));
}

const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text in one line in which nothing is invisible. */
export function toOneLine(text: string): string {
  return text.replaceAll(invisible, ' ');
}
