import type { Config, Template } from '../config/config.ts';
import type { SinkConfig } from '../config/events.ts';
import { describeOrigin } from './origin.ts';
import { SinkLoop, type SinkLoopOptions } from './sink-loop.ts';
import { createSink } from './sinks/create-sink.ts';

/** What delivering events needs. */
export interface DeliverOptions
  extends Pick<SinkLoopOptions, 'store' | 'node' | 'observer' | 'now' | 'random'> {
  readonly config: Pick<Config, 'events' | 'server' | 'hash' | 'http' | 'targets'>;
  /** What tells this store from any other. */
  readonly identity: string;
  /** Fills in what a template refers to; throws where it cannot, in words without the values. */
  readonly resolve: (template: Template) => string;
  /** The most events that wait in one sink's queue; default 10,000. */
  readonly lookAhead?: number;
  /** For one try, in milliseconds; default 30,000. */
  readonly tryMs?: number;
  /** How long what is on its way may take when delivery stops, in milliseconds; default 3,000. */
  readonly graceMs?: number;
}

/**
 * The most events on their way to one sink. Slack takes a message a second, and mail servers few connections.
 */
const concurrency: Readonly<Record<SinkConfig['kind'], number>> = { http: 32, slack: 1, email: 2 };

/**
 * Delivers what is in the outbox to the sinks of a configuration until the signal aborts, each sink by
 * itself, so that none waits for another. Never rejects.
 */
export async function deliverEvents(options: DeliverOptions, signal: AbortSignal): Promise<void> {
  const { config, resolve, now, lookAhead = 10_000, tryMs = 30_000, graceMs = 3_000 } = options;
  const origin = describeOrigin(config.server, options.identity);
  const loops = config.events.map((sink) => {
    const surroundings = { config, resolve, origin, now, tryMs };
    return new SinkLoop({
      ...options,
      configHash: config.hash,
      config: sink,
      sink: createSink(sink, surroundings),
      concurrency: concurrency[sink.kind],
      lookAhead,
      graceMs,
    });
  });
  await Promise.all(loops.map((loop) => loop.run(signal)));
}
