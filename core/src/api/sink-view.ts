import type { SinkConfig } from '../config/events.ts';
import { hideInUrl, hideSecret, isReference } from './hide-secret.ts';

/** A sink as it was configured; what is secret and was written literally is not shown. */
export function viewSink({ types: _types, ...sink }: SinkConfig): Readonly<Record<string, unknown>> {
  switch (sink.kind) {
    case 'http':
      return {
        ...sink,
        url: hideInUrl(sink.url),
        secret: sink.secret === undefined ? undefined : hideSecret(sink.secret),
        headers: Object.fromEntries(
          Object.entries(sink.headers).map(([name, value]) => [name, hideSecret(value)]),
        ),
      };
    case 'slack':
      return { ...sink, url: hideSecret(sink.url) };
    case 'email':
      return { ...sink, server: isReference(sink.server) ? sink.server : hideInUrl(sink.server) };
  }
}
