import { resolve as resolvePath } from 'node:path';
import type { Template } from './config.ts';
import { defaults } from './defaults.ts';
import { parseDuration } from './duration.ts';
import { eventTypes, expandPattern } from './event-types.ts';
import type { RetryConfig, SinkConfig } from './events.ts';
import type { RawSink } from './raw-events.ts';
import { createSinkNamer } from './sink-names.ts';

/** The sinks of `events:`, in their order. */
export function buildSinks(
  sinks: readonly RawSink[],
  directory: string,
  resolve: (template: Template) => string,
): readonly SinkConfig[] {
  const nameSink = createSinkNamer();
  return sinks.map((sink) => buildSink(sink, nameSink(sink) ?? '', directory, resolve));
}

function buildSink(
  raw: RawSink,
  name: string,
  directory: string,
  resolve: (template: Template) => string,
): SinkConfig {
  const { http, slack, email, only = defaults.events.only, template } = raw;
  const patterns = only.map(resolve);
  const wanted = new Set(patterns.flatMap(expandPattern));
  const common = {
    name: resolve(name),
    only: patterns,
    types: eventTypes.filter((type) => wanted.has(type)),
    retry: buildRetry(raw.retry ?? {}, resolve),
  };
  const pathOf = (file: string | undefined) =>
    file === undefined ? undefined : resolvePath(directory, resolve(file));
  if (slack) return { ...common, kind: 'slack', url: slack.url, template };
  if (email) return { ...common, kind: 'email', ...email, subject: email.subject, template };
  const { url = '', secret, headers = {}, clientCert, clientKey } = http ?? {};
  return {
    ...common,
    kind: 'http',
    url,
    secret,
    headers,
    clientCert: pathOf(clientCert),
    clientKey: pathOf(clientKey),
  };
}

function buildRetry(
  { first, max, giveUp }: NonNullable<RawSink['retry']>,
  resolve: (template: Template) => string,
): RetryConfig {
  return {
    firstMs: parseDuration(resolve(first ?? defaults.events.retry.first)),
    maxMs: parseDuration(resolve(max ?? defaults.events.retry.max)),
    giveUpMs: parseDuration(resolve(giveUp ?? defaults.events.retry.giveUp)),
  };
}
