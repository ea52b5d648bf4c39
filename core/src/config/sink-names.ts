import type { SinkConfig } from './events.ts';
import type { Incomplete } from './raw-config.ts';
import type { RawSink } from './raw-events.ts';

/** Every kind of sink, as its key is written. */
export const sinkKinds = ['http', 'slack', 'email'] as const satisfies readonly SinkConfig['kind'][];

/** Which kind an entry of `events:` is; undefined where none of its keys fits. */
export function kindOfSink(sink: Incomplete<RawSink>): SinkConfig['kind'] | undefined {
  return sinkKinds.find((kind) => sink[kind] !== undefined);
}

/**
 * Names entries in their order: by their own name, or their kind and its number among those of the kind, from
 * 1.
 */
export function createSinkNamer(): (sink: Incomplete<RawSink>) => string | undefined {
  const counts = new Map<string, number>();
  return (sink) => {
    const kind = kindOfSink(sink);
    if (kind === undefined) return sink.name;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return sink.name ?? `${kind}-${count}`;
  };
}
