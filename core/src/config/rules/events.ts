import { findClosest } from '../closest.ts';
import { parseDuration } from '../duration.ts';
import { eventTypes, expandPattern } from '../event-types.ts';
import { findUnknownPlaceholders, placeholderNames } from '../placeholders.ts';
import type { Finding, Path } from '../problem.ts';
import type { Incomplete } from '../raw-config.ts';
import type { RawSink } from '../raw-events.ts';
import { createSinkNamer } from '../sink-names.ts';
import { atKey, atValue, entriesOf, itemsOf, type Rule } from './rule.ts';

type Sink = Incomplete<RawSink>;

/**
 * Sinks have names of their own, patterns that fit some event, and templates whose placeholders mean
 * something.
 */
export const checkEvents: Rule = function* ({ config }) {
  const nameSink = createSinkNamer();
  const seen = new Set<string>();
  for (const [index, sink] of itemsOf(config.events)) {
    const at = ['events', index];
    const name = nameSink(sink);
    if (name !== undefined && seen.has(name)) {
      const place = sink.name === undefined ? at : [...at, 'name'];
      yield atValue(place, `another sink is called "${name}" already; give this one another name`);
    }
    if (name !== undefined) seen.add(name);
    yield* checkPatterns(at, sink);
    yield* checkTemplates(at, sink);
    yield* checkHeaders(at, sink);
    yield* checkRetry(at, sink);
  }
};

function* checkPatterns(at: Path, { only }: Sink): Generator<Finding> {
  for (const [index, pattern] of itemsOf(only)) {
    if (expandPattern(pattern).length > 0) continue;
    const meant = findClosest(pattern, eventTypes);
    const hint = meant === undefined ? `there are ${eventTypes.join(', ')}` : `did you mean "${meant}"?`;
    yield atValue([...at, 'only', index], `no event is of the type "${pattern}"; ${hint}`);
  }
}

function* checkTemplates(at: Path, { http, email, template }: Sink): Generator<Finding> {
  if (http !== undefined && template !== undefined) {
    yield atKey([...at, 'template'], 'an http sink gets CloudEvents as they are; remove "template"');
  }
  const texts = [
    [[...at, 'template'], template],
    [[...at, 'email', 'subject'], email?.subject],
  ] as const;
  for (const [path, text] of texts) {
    for (const unknown of findUnknownPlaceholders(text ?? '')) {
      yield atValue(path, `{{${unknown}}} is unknown; there are ${placeholderNames.join(', ')} and data.KEY`);
    }
  }
}

/** What the specifications of CloudEvents and Standard Webhooks, or HTTP itself, say. */
const ownHeaders = /^(content-.*|webhook-.*|host|connection|transfer-encoding|user-agent)$/i;

function* checkHeaders(at: Path, { http }: Sink): Generator<Finding> {
  for (const [name] of entriesOf(http?.headers)) {
    if (ownHeaders.test(name))
      yield atKey([...at, 'http', 'headers', name], `"${name}" is set by Sluice itself; remove it`);
  }
}

function* checkRetry(at: Path, { retry }: Sink): Generator<Finding> {
  const { first, max, giveUp } = retry ?? {};
  if (first !== undefined && max !== undefined && parseDuration(first) > parseDuration(max)) {
    yield atValue([...at, 'retry', 'max'], `max: "${max}" is shorter than first, "${first}"`);
  }
  if (giveUp !== undefined && first !== undefined && parseDuration(giveUp) < parseDuration(first)) {
    yield atValue([...at, 'retry', 'giveUp'], `giveUp: "${giveUp}" is shorter than first, "${first}"`);
  }
}
