import { fillPlaceholders } from '../config/placeholders.ts';
import type { RecordedEvent } from '../store/events.ts';
import { describeEvent } from './describe-event.ts';
import { textOf } from './event-data.ts';
import { linkSubject } from './links.ts';
import { nameEvent, type Origin } from './origin.ts';

/**
 * A template with an event's values filled in; `quote` escapes each value for the medium, what stands around
 * it is not.
 */
export function writeMessage(
  template: string,
  event: RecordedEvent,
  { origin, quote }: { readonly origin: Origin; readonly quote: (value: string) => string },
): string {
  const values = {
    text: () => describeEvent(event),
    type: () => event.type,
    subject: () => event.subject,
    time: () => new Date(event.at).toISOString(),
    id: () => nameEvent(event.id, origin),
    link: () => linkSubject(origin.base, event),
  };
  return fillPlaceholders(template, (name) =>
    quote(typeof name === 'string' ? values[name]() : textOf(event.data, name.key)),
  );
}

const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text in one line in which nothing is invisible. */
export function toOneLine(text: string): string {
  return text.replaceAll(invisible, ' ');
}
